"""Running programs."""

from __future__ import annotations

import builtins
import math
import time
from collections.abc import Generator, Iterator, Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .. import _watch
from .._narrow import query
from .._paths import below, segment
from ..models import (
    ArtefactList,
    BatchItem,
    BatchOutputBody,
    Execution,
    ExecutionDelivery,
    ExecutionFile,
    ExecutionLimits,
    ExecutionRequest,
    ExecutionStep,
    Queue,
    StdinWritten,
    WaitingQueue,
)
from ._attach import Attachment

if TYPE_CHECKING:
    from ._client import Stoa

MAX_WAIT = 30.0  # seconds; the longest that one request is kept open for a result


class Executions:
    """Programs that run once, in a sandbox."""

    def __init__(self, client: Stoa) -> None:
        """Belong to a client."""
        self._client = client

    def submit(
        self,
        runtime: str | None = None,
        source: str | None = None,
        *,
        script: str | None = None,
        args: list[str] | None = None,
        env: dict[str, str] | None = None,
        stdin: str | None = None,
        files: list[ExecutionFile] | None = None,
        limits: ExecutionLimits | None = None,
        project_id: UUID | str | None = None,
        idempotency_key: str | None = None,
        **more: Any,
    ) -> Execution:
        """Accept a run and return at once: of a source in a runtime, or of a saved script ("hello@2": its version 2).

        more is whatever else ExecutionRequest has: interactive, terminal, record, network, class_, artefacts, …
        """
        given = {
            "runtime": runtime,
            "source": source,
            "script": script,
            "args": args,
            "env": env,
            "stdin": stdin,
            "files": files,
            "limits": limits,
            "project_id": project_id,
            **more,
        }
        request = ExecutionRequest(**{k.rstrip("_"): v for k, v in given.items() if v is not None})
        return self._submit(request, 0, idempotency_key)

    def run(
        self,
        runtime: str | None = None,
        source: str | None = None,
        *,
        script: str | None = None,
        wait: float | None = None,
        args: list[str] | None = None,
        env: dict[str, str] | None = None,
        stdin: str | None = None,
        files: list[ExecutionFile] | None = None,
        limits: ExecutionLimits | None = None,
        project_id: UUID | str | None = None,
        idempotency_key: str | None = None,
        **more: Any,
    ) -> Execution:
        """Submit and wait for the end, at most wait seconds (None: as long as it takes).

        What has not ended by then is returned as it is: its ended_at is None.
        """
        given = {
            "runtime": runtime,
            "source": source,
            "script": script,
            "args": args,
            "env": env,
            "stdin": stdin,
            "files": files,
            "limits": limits,
            "project_id": project_id,
            **more,
        }
        request = ExecutionRequest(**{k.rstrip("_"): v for k, v in given.items() if v is not None})
        until = math.inf if wait is None else time.monotonic() + wait
        execution = self._submit(request, min(wait or MAX_WAIT, MAX_WAIT), idempotency_key)
        if execution.ended_at or time.monotonic() >= until:
            return execution
        with closing(self.watch(execution.id)) as events:
            for event in events:
                if isinstance(event, _watch.Status | _watch.Result):
                    execution = event.execution
                if time.monotonic() >= until:
                    return self.get(execution.id)
        return execution

    def _submit(self, request: ExecutionRequest, wait: float, idempotency_key: str | None) -> Execution:
        headers = {}
        if wait > 0:
            headers["Prefer"] = f"wait={max(int(wait), 1)}"
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        answer = self._client.request("POST", "/executions", body=request, headers=headers)
        return Execution.model_validate_json(answer.content)

    def submit_batch(self, requests: Iterable[ExecutionRequest]) -> list[BatchItem]:
        """Accept several runs, each for itself: an item is an execution or the reason why not."""
        body = {"executions": [r.model_dump(mode="json", by_alias=True, exclude_unset=True) for r in requests]}
        return (self._client._post(BatchOutputBody, "/executions/batch", body)).items or []

    def get(self, id: UUID | str) -> Execution:
        """Read one execution with its input and output."""
        return self._client._get(Execution, f"/executions/{segment(id)}")

    def list(
        self,
        *,
        project_id: UUID | str | None = None,
        status: str | None = None,
        runtime: str | None = None,
        script: str | None = None,
        owner: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> Iterator[Execution]:
        """Give executions, newest first. owner is "me" or a user's id; script is a saved one, "hello" or "hello@2" or an id.

        since and until are about when they were submitted: from the one on, before the other.
        """
        return self._client._items(
            Execution,
            "/executions",
            project_id=project_id,
            status=status,
            runtime=runtime,
            script=script,
            owner=owner,
            limit=page_size,
            **query({"since": since, "until": until}),
        )

    def watch(self, id: UUID | str, last_id: str = "") -> Generator[_watch.ExecutionEvent, None]:
        """Follow an execution until its result, across broken connections.

        Every byte of output comes once, in order; a Reset says that an attempt was thrown away and its output with it.
        last_id goes on after the event with that id.
        """
        seen = _watch.Progress()
        with closing(self._client._stream(f"/executions/{segment(id)}/events", last_id)) as frames:
            for frame in frames:
                decoded = _watch.decode(frame)
                event = decoded and seen.admit(decoded)
                if event is None:
                    continue
                yield event
                if isinstance(event, _watch.Result):
                    return

    def stdout(self, id: UUID | str) -> bytes:
        """Read the stored standard output, byte for byte."""
        return (self._client.request("GET", f"/executions/{segment(id)}/stdout")).content

    def stderr(self, id: UUID | str) -> bytes:
        """Read the stored standard error, byte for byte."""
        return (self._client.request("GET", f"/executions/{segment(id)}/stderr")).content

    def artefacts(self, id: UUID | str) -> ArtefactList:
        """List what an execution left behind, and what it was asked to and did not. Both are empty until it has ended."""
        return self._client._get(ArtefactList, f"/executions/{segment(id)}/artefacts")

    def artefact(self, id: UUID | str, path: str) -> bytes:
        """Read one of them."""
        place = f"/executions/{segment(id)}/artefacts/content"
        return (self._client.request("GET", place, query={"path": path})).content

    def artefact_chunks(self, id: UUID | str, path: str) -> Generator[bytes, None]:
        """Read one of them as it comes, however large it is."""
        return self._client._chunks(f"/executions/{segment(id)}/artefacts/content", path=path)

    def artefact_archive(self, id: UUID | str) -> Generator[bytes, None]:
        """Read all of them as a tar archive, as it comes."""
        return self._client._chunks(f"/executions/{segment(id)}/artefacts/archive")

    def save_artefacts(self, id: UUID | str, folder: str | Path) -> builtins.list[Path]:
        """Write what an execution left behind below a folder, which is made if it is missing, and tell what was written.

        Nothing is written outside of the folder, whatever the names are and whatever links lie in it; files that are there
        are replaced.
        """
        written = []
        for artefact in (self.artefacts(id)).items or []:
            place = below(Path(folder), artefact.path)
            with place.open("xb") as file:
                for chunk in self.artefact_chunks(id, artefact.path):
                    file.write(chunk)
            written.append(place)
        return written

    def steps(self, id: UUID | str) -> builtins.list[ExecutionStep]:
        """Tell what was done for an execution, oldest first."""
        return [step for step in self._client._items(ExecutionStep, f"/executions/{segment(id)}/steps")]

    def deliveries(self, id: UUID | str) -> builtins.list[ExecutionDelivery]:
        """Tell what is told about an execution to others: its callback, and what went to the caller's own channels."""
        return [d for d in self._client._items(ExecutionDelivery, f"/executions/{segment(id)}/deliveries")]

    def redeliver(self, id: UUID | str) -> None:
        """Make an execution's callback again at once, with the same key."""
        self._client.request("POST", f"/executions/{segment(id)}/callback/redeliver")

    def write_stdin(self, id: UUID | str, data: bytes | str, *, close: bool = False) -> int:
        """Give data to an interactive execution's standard input, and end the input after it if close says so.

        It returns how many bytes the program will get. To write often, or to resize a terminal, attach.
        """
        raw = data.encode() if isinstance(data, str) else data
        query = {"close": "true" if close else None}
        answer = self._client.request("POST", f"/executions/{segment(id)}/stdin", query=query, body=raw)
        return StdinWritten.model_validate_json(answer.content).bytes

    def attach(self, id: UUID | str) -> Attachment:
        """Connect to an interactive execution, to follow it and to write to it."""
        return Attachment(self._client, id)

    def recording(self, id: UUID | str) -> bytes:
        """Read what was said in an execution that was recorded, in asciicast v2."""
        return (self._client.request("GET", f"/executions/{segment(id)}/recording")).content

    def cancel(self, id: UUID | str) -> Execution:
        """Ask for the end; what has ended stays as it is."""
        return self._client._post(Execution, f"/executions/{segment(id)}/cancel")

    def set_egress(self, id: UUID | str, allow: Iterable[str]) -> Execution:
        """Give a run that has network access another list of destinations, the whole one; none admits nothing."""
        answer = self._client.request("PUT", f"/executions/{segment(id)}/egress", body={"allow": [*allow]})
        return Execution.model_validate_json(answer.content)

    def retry(self, id: UUID | str) -> Execution:
        """Submit the same run again, as a new execution linked to the old."""
        return self._client._post(Execution, f"/executions/{segment(id)}/retry")

    def delete(self, id: UUID | str) -> None:
        """Forget an execution that has ended, with its output."""
        self._client.request("DELETE", f"/executions/{segment(id)}")

    def list_all(
        self,
        *,
        organization_id: UUID | str | None = None,
        project_id: UUID | str | None = None,
        user_id: UUID | str | None = None,
        status: str | None = None,
        runtime: str | None = None,
        priority: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> Iterator[Execution]:
        """Give executions over all projects, newest first. Only operators may leave the organization out."""
        return self._client._items(
            Execution,
            "/executions/all",
            organization_id=organization_id,
            project_id=project_id,
            user_id=user_id,
            status=status,
            runtime=runtime,
            priority=priority,
            limit=page_size,
            **query({"since": since, "until": until}),
        )

    def waiting(
        self,
        *,
        organization_id: UUID | str | None = None,
        project_id: UUID | str | None = None,
        user_id: UUID | str | None = None,
        priority: str | None = None,
        page_size: int | None = None,
    ) -> Iterator[Execution]:
        """Give what waits, in the order of the queue, each with its position and why."""
        return self._client._items(
            Execution,
            "/executions/waiting",
            organization_id=organization_id,
            project_id=project_id,
            user_id=user_id,
            priority=priority,
            limit=page_size,
        )

    def waiting_queue(self, organization_id: UUID | str | None = None) -> WaitingQueue:
        """Read the first page of what waits, with a summary of all of it."""
        query = {"organization_id": str(organization_id)} if organization_id else {}
        answer = self._client.request("GET", "/executions/waiting", query=query)
        return WaitingQueue.model_validate_json(answer.content)

    def reprioritize(self, id: UUID | str, priority: str) -> Execution:
        """Change the priority of one that waits: critical, high, normal, low or background."""
        answer = self._client.request("PUT", f"/executions/{segment(id)}/priority", body={"priority": priority})
        return Execution.model_validate_json(answer.content)

    def queue(self) -> Queue:
        """Tell how much waits and runs."""
        return self._client._get(Queue, "/executions/queue")
