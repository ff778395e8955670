"""Bodies of requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID


def present(**given: Any) -> dict[str, Any]:
    """Leave out what is None, and write the rest as JSON does."""
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
