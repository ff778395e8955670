"""Paths of the API, and of what comes from it."""

from pathlib import Path, PurePosixPath
from urllib.parse import quote

from ._errors import StoaError


def segment(value: object) -> str:
    """Escape one segment of a path."""
    return quote(str(value), safe="")


def below(folder: Path, name: str) -> Path:
    """Make room for a file below a folder, and never elsewhere: names and links come from whoever's program ran."""
    folder.mkdir(parents=True, exist_ok=True)
    root = folder.resolve()
    relative = PurePosixPath(name)
    place = root.joinpath(*relative.parts)
    if (
        relative.is_absolute()
        or ".." in relative.parts
        or not relative.parts
        or not place.parent.resolve().is_relative_to(root)
    ):
        raise StoaError(f"{name!r} leaves the folder")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)  # a link is replaced, not followed
    return place
