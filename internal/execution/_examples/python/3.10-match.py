# Structural pattern matching: match takes values apart by their shape.
def describe(event):
    match event:
        case {"type": "run", "status": "completed" | "failed" as status}:
            return f"a run {status}"
        case ["move", int(x), int(y)] if x == y:
            return f"along the diagonal by {x}"
        case ["move", x, y]:
            return f"by {x} and {y}"
        case _:
            return "something else"


for event in ({"type": "run", "status": "failed"}, ["move", 3, 3], ["move", 1, 2], 42):
    print(describe(event))
