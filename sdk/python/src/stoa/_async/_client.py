"""The client: where requests are sent, tried again and read."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from .. import _retry, _sse
from .._errors import APIError, ConnectionFailed, StoaError, from_response
from .._version import VERSION
from ._executions import AsyncExecutions
from ._resources import AsyncEvents, AsyncFiles, AsyncLimits, AsyncMe, AsyncNodes, AsyncProjects, AsyncRuntimes, AsyncTokens
from ._time import asleep

M = TypeVar("M", bound=BaseModel)

SILENCE = 45.0  # seconds, three heartbeats: a stream that is silent for longer is dead
MAX_FAILURES = 10  # connections in a row that give nothing before a stream reports the last failure


class AsyncStoa:
    """One Stoa installation, as one user or service account.

    address and token default to STOA_URL and STOA_TOKEN. Every POST carries an idempotency key, so that trying again
    never does something twice; requests that met a network error, 429 or 503 are tried again, after as long as the server asks
    for, at most retries times and never waiting longer than patience seconds. Streams reconnect where they broke off.
    """

    executions: AsyncExecutions
    runtimes: AsyncRuntimes
    events: AsyncEvents
    me: AsyncMe
    tokens: AsyncTokens
    projects: AsyncProjects
    limits: AsyncLimits
    nodes: AsyncNodes

    def __init__(
        self,
        address: str | None = None,
        token: str | None = None,
        *,
        retries: int = 3,
        patience: float = 30.0,
        timeout: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Make a client; nothing is sent yet. timeout is of one request, in seconds."""
        address = address or os.environ.get("STOA_URL", "")
        token = token or os.environ.get("STOA_TOKEN", "")
        if not address.startswith(("http://", "https://")):
            raise StoaError(f"address {address!r} is not an http or https URL: give one, or set STOA_URL")
        headers = {"User-Agent": f"stoa-python/{VERSION}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.AsyncClient(
            base_url=address.rstrip("/") + "/api/v1", headers=headers, timeout=timeout, transport=transport
        )
        self._retries, self._patience = retries, patience
        self.executions = AsyncExecutions(self)
        self.runtimes = AsyncRuntimes(self)
        self.files = AsyncFiles(self)
        self.events = AsyncEvents(self)
        self.me = AsyncMe(self)
        self.tokens = AsyncTokens(self)
        self.projects = AsyncProjects(self)
        self.limits = AsyncLimits(self)
        self.nodes = AsyncNodes(self)

    async def __aenter__(self) -> AsyncStoa:
        """Use the client for a while."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the client."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> httpx.Response:
        """Send a request of any kind to path below /api/v1, with everything that the typed methods do."""
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
        attempt = 0
        while True:
            try:
                return await self._send(method, path, query, body, sent, timeout)
            except StoaError as error:
                wait = _retry.wait_for(error, attempt, self._patience)
                if wait is None or attempt >= self._retries:
                    raise
                attempt += 1
            await asleep(wait)

    async def _send(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, headers: dict[str, str], timeout: float | None
    ) -> httpx.Response:
        if isinstance(body, BaseModel):
            body = body.model_dump(mode="json", exclude_unset=True)
        content = body if isinstance(body, bytes) else None
        if content is not None:
            headers = {"Content-Type": "application/octet-stream", **headers}
        try:
            response = await self._http.request(
                method,
                path,
                params=_given(query),
                content=content,
                json=body if content is None else None,
                headers=headers,
                timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
            )
        except httpx.TransportError as error:
            raise ConnectionFailed(f"{method} {path}: {error!r}") from error
        if response.is_success:
            return response
        raise from_response(response)

    async def _get(self, model: type[M], path: str, **query: Any) -> M:
        return model.model_validate_json((await self.request("GET", path, query=query)).content)

    async def _post(self, model: type[M], path: str, body: Any = None) -> M:
        return model.model_validate_json((await self.request("POST", path, body=body)).content)

    async def _items(self, model: type[M], path: str, **query: Any) -> AsyncGenerator[M, None]:
        """Ask for page after page, each when the one before is used up."""
        while True:
            page = (await self.request("GET", path, query=query)).json()
            for item in page.get("items") or []:
                yield model.model_validate(item)
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    async def _stream(self, path: str, last_id: str = "", **query: Any) -> AsyncGenerator[_sse.Frame, None]:
        """Follow an event stream across connections, until the server refuses for good."""
        failures = 0
        parser = _sse.Parser(last_id)
        while True:
            parser = _sse.Parser(parser.last_id)
            try:
                async with aclosing(self._connection(path, query, parser)) as frames:
                    async for frame in frames:
                        failures = 0
                        yield frame
                error: StoaError = ConnectionFailed(f"GET {path}: the event stream ended")
            except (APIError, ConnectionFailed) as caught:
                error = caught
            wait = _retry.wait_for(error, failures, self._patience)
            failures += 1
            if wait is None or failures > MAX_FAILURES:
                raise error
            await asleep(wait + parser.retry)

    async def _connection(self, path: str, query: Mapping[str, Any], parser: _sse.Parser) -> AsyncGenerator[_sse.Frame, None]:
        headers = {"Accept": "text/event-stream"}
        if parser.last_id:
            headers["Last-Event-ID"] = parser.last_id
        timeout = httpx.Timeout(10.0, read=SILENCE)
        try:
            async with self._http.stream("GET", path, params=_given(query), headers=headers, timeout=timeout) as response:
                if not response.is_success:
                    await response.aread()
                    raise from_response(response)
                async for chunk in response.aiter_bytes():
                    for frame in parser.feed(chunk):
                        yield frame
        except httpx.TransportError as error:
            raise ConnectionFailed(f"GET {path}: {error!r}") from error


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}
