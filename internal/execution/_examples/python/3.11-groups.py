# Exception groups: several errors are raised at once, and except* handles each kind.
def check(values):
    errors = []
    for value in values:
        try:
            int(value)
        except (ValueError, TypeError) as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("not all are numbers", errors)


try:
    check(["1", "two", None, "3"])
except* ValueError as group:
    print(f"{len(group.exceptions)} of a wrong value")
except* TypeError as group:
    print(f"{len(group.exceptions)} of a wrong type")
