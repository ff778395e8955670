"""What narrows the lists and streams of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict


class EventFilter(TypedDict, total=False):
    """Which events are meant; what is left out does not narrow."""

    project_id: UUID | str | None
    type: str | list[str] | None  # this one, or one of these
    subject: str | None  # "execution/<id>"
    kind: str | None  # of what it is about: "execution"
    actor_id: UUID | str | None
    correlation_id: str | None
    since: datetime | None  # when it happened: from then on
    until: datetime | None  # before then
    everything: bool | None  # operators: of everybody


class AuditFilter(TypedDict, total=False):
    """Which audit records are meant; what is left out does not narrow."""

    actor_id: UUID | str | None
    action: str | None  # "execution.cancel", or a group: "execution.*"
    kind: str | None  # of the thing: "execution"
    target_id: UUID | str | None
    organization_id: UUID | str | None
    project_id: UUID | str | None
    outcome: str | None  # "done" or "refused"
    correlation_id: str | None
    since: datetime | None  # when it was done: from then on
    until: datetime | None  # before then
    everything: bool | None  # operators: of everybody


NAMES = {"since": "from", "until": "to", "everything": "all"}  # what they are called in the API


def query(narrow: Mapping[str, Any]) -> dict[str, Any]:
    """Write a filter as the API reads it."""
    return {NAMES.get(name, name): v.isoformat() if isinstance(v, datetime) else v for name, v in narrow.items()}
