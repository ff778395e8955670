# Template strings: t"…" keeps text and values apart, so that a program decides how they are joined.
from string.templatelib import Interpolation, Template


def quoted(template: Template) -> str:
    return "".join(f"<{part.value}>" if isinstance(part, Interpolation) else part for part in template)


name = "Ada"
print(quoted(t"Hello, {name}, from {6 * 7}."))
