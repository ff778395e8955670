"""Bodies of requests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

NOWHERE = UUID(int=0)  # in place of a unit: none


@dataclass(frozen=True)
class Rest:
    """What a file has from an offset on, as it is read."""

    path: Path
    offset: int = 0


def sha256_of(path: Path) -> str:
    """Hash a file, in hexadecimal."""
    with path.open("rb") as file:
        sum = hashlib.sha256()
        while part := file.read(1 << 20):
            sum.update(part)
        return sum.hexdigest()


def present(**given: Any) -> dict[str, Any]:
    """Leave out what is None, and write the rest as JSON does."""
    return {name: _plain(value) for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
