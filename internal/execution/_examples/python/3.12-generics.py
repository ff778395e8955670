# Type parameters in brackets, and f-strings that hold the same quotes.
type Pair[T] = tuple[T, T]


def swap[T](pair: Pair[T]) -> Pair[T]:
    return pair[1], pair[0]


class Stack[T]:
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> None:
        self.items.append(item)


stack = Stack[str]()
for word in swap(("world", "hello")):
    stack.push(word)
print(f"{", ".join(stack.items)}!")
