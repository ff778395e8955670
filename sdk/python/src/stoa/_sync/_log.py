"""The log of what happened and who did it: events, the audit trail, and what becomes of both."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from uuid import UUID

from typing_extensions import Unpack

from .. import models
from .._narrow import AuditFilter, EventFilter, query
from .._paths import segment
from ._resources import Resource


class Events(Resource):
    """What happened, in the projects that one sees. EventFilter says what narrows it."""

    def list(self, **narrow: Unpack[EventFilter]) -> Iterator[models.CloudEvent]:
        """Give events, newest first."""
        return self._client._items(models.CloudEvent, "/events", **query(narrow))

    def watch(self, *, last_id: str = "", **narrow: Unpack[EventFilter]) -> Generator[models.CloudEvent, None]:
        """Follow what happens from now on, or after the event at last_id, across broken connections."""
        with closing(self._client._stream("/events/stream", last_id, **query(narrow))) as frames:
            for frame in frames:
                if frame.data.startswith("{") and '"specversion"' in frame.data:
                    yield models.CloudEvent.model_validate_json(frame.data)

    def get(self, id: UUID | str) -> models.EventDetails:
        """Read one event and what happened around it."""
        return self._client._get(models.EventDetails, f"/events/{segment(id)}")

    def types(self) -> Iterator[models.EventTypeSummary]:
        """Give every type of event."""
        return self._client._items(models.EventTypeSummary, "/events/types")

    def type(self, name: str) -> models.EventType:
        """Read the JSON Schema of one type of event, with an example."""
        return self._client._get(models.EventType, f"/events/types/{segment(name)}")

    def statistics(self, **narrow: Unpack[EventFilter]) -> Iterator[models.EventCount]:
        """Count events by hour and type: of the last day, or since and until, 31 days at most."""
        return self._client._items(models.EventCount, "/events/statistics", **query(narrow))

    def actors(self, **narrow: Unpack[EventFilter]) -> Iterator[models.EventActor]:
        """Count events by who caused them, the most first: of the last day, or since and until, the 50 who caused the most."""
        return self._client._items(models.EventActor, "/events/actors", **query(narrow))

    def export(
        self, format: str = "json", *, after: int | None = None, most: int | None = None, **narrow: Unpack[EventFilter]
    ) -> Generator[bytes, None]:
        """Read events as a file, "json" or "csv", oldest first, as it comes: 10,000 when most is None, 100,000 at most."""
        return self._client._chunks("/events/export", format=format, after=after, limit=most, **query(narrow))


class Audit(Resource):
    """Who did what, in the organizations that the caller runs. AuditFilter says what narrows it."""

    def list(self, **narrow: Unpack[AuditFilter]) -> Iterator[models.AuditRecord]:
        """Give records, newest first."""
        return self._client._items(models.AuditRecord, "/audit", **query(narrow))

    def export(
        self, format: str = "json", *, after: UUID | str | None = None, most: int | None = None, **narrow: Unpack[AuditFilter]
    ) -> Generator[bytes, None]:
        """Read records as a file, "json" or "csv", oldest first, as it comes: 10,000 when most is None, 100,000 at most."""
        return self._client._chunks("/audit/export", format=format, after=after, limit=most, **query(narrow))


class DeadLetters(Resource):
    """What consumers of the event log could not handle, and how often they try. For operators."""

    def list(
        self,
        *,
        consumer: str | None = None,
        states: tuple[str, ...] = (),
        type: str | None = None,
        kind: str | None = None,
        reason: str | None = None,
        event_id: UUID | str | None = None,
    ) -> Iterator[models.DeadLetter]:
        """Give dead letters in the order of the log. states: pending, scheduled, waiting, retried, discarded."""
        return self._client._items(
            models.DeadLetter,
            "/dead-letters",
            consumer=consumer,
            state=",".join(states) or None,
            type=type,
            kind=kind,
            reason=reason,
            event_id=event_id,
        )

    def statistics(self) -> models.DeadLetterStatistics:
        """Count dead letters, and say whether that is many."""
        return self._client._get(models.DeadLetterStatistics, "/dead-letters/statistics")

    def retry(self, choice: models.RetryDeadLettersRequest) -> models.DeadLetterOutcome:
        """Make pending and scheduled dead letters due: 1,000 at most, the oldest first."""
        return self._client._post(models.DeadLetterOutcome, "/dead-letters/retry", choice)

    def discard(self, choice: models.DeadLetterChoice) -> models.DeadLetterOutcome:
        """Go on without pending and scheduled dead letters: 1,000 at most, the oldest first."""
        return self._client._post(models.DeadLetterOutcome, "/dead-letters/discard", choice)

    def policies(self) -> Iterator[models.RetryPolicy]:
        """Give how failing events are tried again."""
        return self._client._items(models.RetryPolicy, "/retry-policies")

    def set_policy(self, policy: models.RetryPolicySet) -> models.RetryPolicy:
        """Say how failing events of a consumer and a kind are tried again."""
        return self._client._put(models.RetryPolicy, "/retry-policies", policy)

    def clear_policy(self, *, consumer: str | None = None, kind: str | None = None) -> None:
        """Take the policy of exactly this consumer and kind away."""
        self._client._delete("/retry-policies", consumer=consumer, kind=kind)


class Replays(Resource):
    """Events of the log once more: everybody's for operators, an organization's own for its owners and admins."""

    def create(self, request: models.ReplayRequest) -> models.Replay:
        """Make a replay of what is in the log now. A callback's answer has the secret that signs its calls, this once."""
        return self._client._post(models.Replay, "/replays", request)

    def list(self, *, status: str | None = None) -> Iterator[models.Replay]:
        """Give replays, newest first."""
        return self._client._items(models.Replay, "/replays", status=status)

    def get(self, id: UUID | str) -> models.Replay:
        """Read a replay and its progress."""
        return self._client._get(models.Replay, f"/replays/{segment(id)}")

    def start(self, id: UUID | str) -> models.Replay:
        """Start a preview, or one that waits for it."""
        return self._client._post(models.Replay, f"/replays/{segment(id)}/start")

    def pause(self, id: UUID | str) -> models.Replay:
        """Stop a running replay for a while."""
        return self._client._post(models.Replay, f"/replays/{segment(id)}/pause")

    def resume(self, id: UUID | str) -> models.Replay:
        """Go on with a paused or failed one, where it was."""
        return self._client._post(models.Replay, f"/replays/{segment(id)}/resume")

    def cancel(self, id: UUID | str) -> models.Replay:
        """Stop a replay for good."""
        return self._client._post(models.Replay, f"/replays/{segment(id)}/cancel")

    def delete(self, id: UUID | str) -> None:
        """Forget a replay that is not under way, with the file that it wrote."""
        self._client._delete(f"/replays/{segment(id)}")

    def file(self, id: UUID | str) -> Generator[bytes, None]:
        """Read what a replay into a file has written so far, as JSON lines, as it comes."""
        return self._client._chunks(f"/replays/{segment(id)}/file")


class Sinks(Resource):
    """Other systems that get the log's events as they happen. For operators."""

    def list(self) -> Iterator[models.Sink]:
        """Give every sink, and how it fares."""
        return self._client._items(models.Sink, "/sinks")

    def create(self, request: models.SinkRequest) -> models.Sink:
        """Send events to another system."""
        return self._client._post(models.Sink, "/sinks", request)

    def update(self, id: UUID | str, change: models.SinkChange) -> models.Sink:
        """Change how a sink is reached and what it gets, from where it is; what is not set stays."""
        return self._client._patch(models.Sink, f"/sinks/{segment(id)}", change)

    def pause(self, id: UUID | str) -> models.Sink:
        """Send a sink nothing for a while."""
        return self._client._post(models.Sink, f"/sinks/{segment(id)}/pause")

    def resume(self, id: UUID | str) -> models.Sink:
        """Go on with a paused sink, where it was."""
        return self._client._post(models.Sink, f"/sinks/{segment(id)}/resume")

    def delete(self, id: UUID | str) -> None:
        """Forget a sink."""
        self._client._delete(f"/sinks/{segment(id)}")
