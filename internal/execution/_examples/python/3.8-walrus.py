# An assignment inside an expression: := names what a condition found.
lines = iter(["alpha", "", "beta", "stop", "gamma"])

while (line := next(lines)) != "stop":
    if (length := len(line)) > 0:
        print(f"{line} has {length} letters, {length=}")
