"""Server-sent events as WHATWG HTML §9.2 defines them, fed with bytes as they come."""

from __future__ import annotations

from dataclasses import dataclass

MAX_EVENT = 64 << 20  # bytes; the largest carries a whole stored output twice over


@dataclass(frozen=True)
class Frame:
    """One event of a stream."""

    id: str
    event: str
    data: str


class Parser:
    """Turns bytes into frames. What breaks off inside an event never gives that event."""

    def __init__(self, last_id: str = "") -> None:
        """Go on after last_id."""
        self.last_id = last_id
        self.retry = 0.0  # seconds that the server asks to wait before reconnecting
        self._rest = b""
        self._id = last_id
        self._event = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> list[Frame]:
        """Take what came, and give the events that are whole."""
        self._rest += chunk
        *lines, self._rest = self._rest.split(b"\n")
        if len(self._rest) > MAX_EVENT:
            raise ValueError("an event of the stream is too long")
        return [frame for line in lines if (frame := self._line(line.removesuffix(b"\r").decode("utf-8", "replace")))]

    def _line(self, line: str) -> Frame | None:
        if line:
            self._field(*line.split(":", 1))
            return None
        self.last_id = self._id
        frame = Frame(self._id, self._event, "\n".join(self._data)) if self._data else None
        self._event, self._data = "", []
        return frame

    def _field(self, name: str, value: str = "") -> None:
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isdigit():
            self.retry = int(value) / 1000
