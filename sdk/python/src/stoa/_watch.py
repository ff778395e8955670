"""The steps of an execution's life, each byte of output once."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from typing import Literal

from ._sse import Frame
from .models import Execution


@dataclass(frozen=True)
class Status:
    """The status changed; execution carries no output."""

    id: str
    execution: Execution


@dataclass(frozen=True)
class Output:
    """The program wrote something. offset is where data begins in its stream, in bytes."""

    id: str
    attempt: int
    stream: Literal["stdout", "stderr"]
    offset: int
    data: bytes

    @property
    def text(self) -> str:
        """The data as text; a character cut by the frame's end shows as U+FFFD."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True)
class Reset:
    """The attempt was lost with its node: the output so far does not count."""

    id: str
    attempt: int


@dataclass(frozen=True)
class Result:
    """The end; nothing follows."""

    id: str
    execution: Execution


@dataclass(frozen=True)
class Refused:
    """The program did not get what was written: it has ended, or closed its input."""

    code: str
    message: str


ExecutionEvent = Status | Output | Reset | Result
AttachEvent = ExecutionEvent | Refused


class Progress:
    """How far each stream of the present attempt has come. A server that resumes may say again what was said."""

    def __init__(self) -> None:
        """Begin before the first attempt."""
        self._attempt = 0
        self._at: dict[str, int] = {}

    def admit(self, event: ExecutionEvent) -> ExecutionEvent | None:
        """Cut off what was seen; None when nothing is left."""
        if isinstance(event, Reset):
            if event.attempt < self._attempt:
                return None
            self._attempt, self._at = event.attempt, {}
            return event
        if not isinstance(event, Output):
            return event
        if event.attempt < self._attempt:
            return None
        if event.attempt > self._attempt:
            self._attempt, self._at = event.attempt, {}
        behind = self._at.get(event.stream, 0) - event.offset
        if behind >= len(event.data) and behind > 0:
            return None
        if behind > 0:
            event = replace(event, data=event.data[behind:], offset=event.offset + behind)
        self._at[event.stream] = event.offset + len(event.data)
        return event


def decode(frame: Frame) -> ExecutionEvent | None:
    """Read a frame; None for a type of a newer server."""
    if frame.event == "status":
        return Status(frame.id, Execution.model_validate_json(frame.data))
    if frame.event == "result":
        return Result(frame.id, Execution.model_validate_json(frame.data))
    if frame.event == "reset":
        return Reset(frame.id, json.loads(frame.data)["attempt"])
    if frame.event == "output":
        said = json.loads(frame.data)
        data = base64.b64decode(said["data_base64"]) if said.get("data_base64") else said.get("data", "").encode()
        return Output(frame.id, said["attempt"], said["stream"], said["offset"], data)
    return None


def refused(frame: Frame) -> Refused | None:
    """Read a refusal of input; None for any other frame."""
    if frame.event != "refused":
        return None
    said = json.loads(frame.data)
    return Refused(said["code"], said["message"])
