# Dictionaries are joined with |, and built-in collections take type arguments.
defaults: dict[str, int] = {"memory": 128, "cpu": 1}
wanted: dict[str, int] = {"memory": 512}

print(defaults | wanted)
print("main.py".removesuffix(".py"))
