"""A WebSocket on a connection that the HTTP client opened."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

import httpcore
import httpx
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Event, Ping, TextMessage
from wsproto.utilities import ProtocolError

from .._errors import ConnectionFailed
from .._locks import SyncLock

BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ProtocolError)
SILENCE = 45.0  # seconds, two pings of the server: a connection that is silent for longer is dead
MAX_MESSAGE = 64 << 20  # bytes; the largest carries a whole stored output twice over


class Socket:
    """One connection. One may receive while others send."""

    def __init__(self, response: httpx.Response) -> None:
        """Take over the connection of an answer that switched protocols."""
        self._response = response
        self._stream = response.extensions["network_stream"]
        self._wire = Connection(ConnectionType.CLIENT)
        self._turn = SyncLock()
        self._come: deque[str] = deque()
        self._part = ""
        self.ended: ConnectionFailed | None = None

    @property
    def waiting(self) -> bool:
        """Whether a message has come that nobody took yet."""
        return bool(self._come)

    def receive(self) -> str:
        """Give the next text message; ConnectionFailed when there will be none."""
        while not self._come:
            if self.ended:
                raise self.ended
            self._fill(SILENCE)
        return self._come.popleft()

    def settle(self) -> None:
        """Take what has come already, so that a connection that the server left is known as one before it is written to."""
        while not self.ended and self._stream.get_extra_info("is_readable"):
            try:
                self._fill(0.05)
            except httpcore.ReadTimeout:  # TLS had something to say, the server had not
                return

    def send(self, event: Event) -> None:
        """Send one message, after those that are being sent."""
        with self._turn:
            try:
                self._stream.write(self._wire.send(event), SILENCE)
            except BROKEN as error:
                self._end(error)
                raise ConnectionFailed(f"write: {error!r}") from error

    def close(self) -> None:
        """Say goodbye, and close."""
        if not self.ended:
            with suppress(ConnectionFailed):
                self.send(CloseConnection(code=1000))
            self.ended = ConnectionFailed("the connection was closed")
        self._response.close()

    def _end(self, error: Exception) -> None:
        if not self.ended:
            self.ended = ConnectionFailed(f"read: {error!r}")

    def _fill(self, timeout: float) -> None:
        try:
            data = self._stream.read(65536, timeout)
        except httpcore.ReadTimeout:
            if timeout < SILENCE:
                raise
            self.ended = ConnectionFailed("the connection went silent")
            return
        except BROKEN as error:
            self._end(error)
            return
        if not data:
            self.ended = ConnectionFailed("the connection ended")
            return
        try:
            self._wire.receive_data(data)
            for event in self._wire.events():
                self._take(event)
        except (ProtocolError, ConnectionFailed) as error:
            self._end(error)

    def _take(self, event: Event) -> None:
        if isinstance(event, TextMessage):
            self._part += event.data
            if len(self._part) > MAX_MESSAGE:
                self.ended = ConnectionFailed("a message is too long")
            elif event.message_finished:
                self._come.append(self._part)
                self._part = ""
        elif isinstance(event, Ping):
            self.send(event.response())
        elif isinstance(event, CloseConnection):
            self.ended = ConnectionFailed(f"the server closed the connection: {event.reason or event.code}")
