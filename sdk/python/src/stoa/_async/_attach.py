"""Interactive executions: one connection that follows them and writes to them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING
from uuid import UUID

from wsproto.events import BytesMessage, Event, TextMessage

from .. import _watch
from .._errors import ConnectionFailed, InputLost, StoaError
from .._locks import AsyncLock
from .._paths import segment
from .._sse import Frame
from ._socket import AsyncSocket

if TYPE_CHECKING:
    from ._client import AsyncStoa

PROTOCOL = "stoa.attach.v1"
MOST = 32 << 10  # bytes of one message


class AsyncAttachment:
    """A connection to an interactive execution. Iterating follows it until its result, as watch does; write talks to it.

    A connection that breaks is made again and goes on where it broke, with every byte of output once. What is written goes
    out at once; while nobody iterates, pings of the server stay unanswered, and after some 30 seconds it hangs up: the
    next call connects again. One may iterate while others write.
    """

    def __init__(self, client: AsyncStoa, id: UUID | str) -> None:
        """Belong to a client; nothing is sent yet."""
        self._client = client
        self._path = f"/executions/{segment(id)}/attach"
        self._seen = _watch.Progress()
        self._last = ""
        self._turn = AsyncLock()
        self._socket: AsyncSocket | None = None
        self._reading = False

    async def __aenter__(self) -> AsyncAttachment:
        """Connect. What cannot be attached to is refused here."""
        await self._present()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go; the execution goes on."""
        await self.aclose()

    async def aclose(self) -> None:
        """Let go; the execution goes on."""
        if self._socket:
            await self._socket.aclose()

    def __aiter__(self) -> AsyncGenerator[_watch.AttachEvent, None]:
        """Follow the execution until its result. Begun again, it goes on where it was."""
        return self._events()

    async def write(self, data: bytes | str) -> None:
        """Give data to the program's standard input. What the program will not get is told by a Refused among the events.

        InputLost: the connection broke meanwhile, and it is not known whether the program got it.
        """
        raw = data.encode() if isinstance(data, str) else data
        for at in range(0, len(raw), MOST):
            await self._say(BytesMessage(data=raw[at : at + MOST]))

    async def resize(self, columns: int, rows: int) -> None:
        """Tell the program's terminal its size, in characters."""
        await self._say(TextMessage(data=json.dumps({"type": "resize", "columns": columns, "rows": rows})))

    async def close_input(self) -> None:
        """End the program's standard input."""
        await self._say(TextMessage(data='{"type": "close"}'))

    async def _say(self, message: Event) -> None:
        socket = await self._present()
        try:
            await socket.send(message)
        except ConnectionFailed as error:
            raise InputLost(f"{error}; it is not known whether the program got what was written last") from error

    async def _present(self, *, to_read: bool = False) -> AsyncSocket:
        """Give the connection, a new one if there is none that holds. to_read: from now on nobody else reads it."""
        async with self._turn:
            if self._socket and not self._reading:
                await self._socket.settle()
            attempt = 0
            while self._socket is None or (self._socket.ended and not (to_read and self._socket.waiting)):
                if self._socket:
                    await self._socket.aclose()
                try:
                    self._socket = AsyncSocket(
                        await self._client._upgrade(self._path, PROTOCOL, last_event_id=self._last or None)
                    )
                except StoaError as error:
                    await self._client._pause(error, attempt)
                    attempt += 1
            self._reading = self._reading or to_read
            return self._socket

    async def _next(self) -> Frame:
        failures = 0
        while True:
            socket = await self._present(to_read=True)
            try:
                message = json.loads(await socket.receive())
                return Frame(message.get("id") or "", message["type"], json.dumps(message.get("data")))
            except ConnectionFailed as error:
                await self._client._pause(error, failures)
                failures += 1
            finally:
                self._reading = False

    async def _events(self) -> AsyncGenerator[_watch.AttachEvent, None]:
        while True:
            frame = await self._next()
            self._last = frame.id or self._last
            decoded = _watch.refused(frame) or _watch.decode(frame)
            event = self._seen.admit(decoded) if decoded and not isinstance(decoded, _watch.Refused) else decoded
            if event is None:
                continue
            yield event
            if isinstance(event, _watch.Result):
                return
