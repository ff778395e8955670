"""Paths of the API."""

from urllib.parse import quote


def segment(value: object) -> str:
    """Escape one segment of a path."""
    return quote(str(value), safe="")
