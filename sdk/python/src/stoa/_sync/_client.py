"""The client: where requests are sent, tried again and read."""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel
from wsproto.utilities import generate_accept_token, generate_nonce

from .. import _retry, _sse, models
from .._bodies import Rest
from .._errors import APIError, ConnectionFailed, StoaError, from_response
from .._version import VERSION
from ._accounts import Organizations, Projects, ServiceAccounts, Users
from ._executions import Executions
from ._log import Audit, DeadLetters, Events, Replays, Sinks
from ._notifications import Notifications
from ._providers import IdentityProviders
from ._resources import Files, Limits, Me, Nodes, Preferences, Runtimes, Scripts, Tokens
from ._time import sleep

M = TypeVar("M", bound=BaseModel)

SILENCE = 45.0  # seconds, three heartbeats: a stream that is silent for longer is dead
MAX_FAILURES = 10  # connections in a row that give nothing before a stream reports the last failure


class Stoa:
    """One Stoa installation, as one user or service account.

    address and token default to STOA_URL and STOA_TOKEN. Every POST carries an idempotency key, so that trying again
    never does something twice; requests that met a network error, 429 or 503 are tried again, after as long as the server asks
    for, at most retries times and never waiting longer than patience seconds. Streams reconnect where they broke off.
    """

    def __init__(
        self,
        address: str | None = None,
        token: str | None = None,
        *,
        retries: int = 3,
        patience: float = 30.0,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Make a client; nothing is sent yet. timeout is of one request, in seconds."""
        address = address or os.environ.get("STOA_URL", "")
        token = token or os.environ.get("STOA_TOKEN", "")
        if not address.startswith(("http://", "https://")):
            raise StoaError(f"address {address!r} is not an http or https URL: give one, or set STOA_URL")
        headers = {"User-Agent": f"stoa-python/{VERSION}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(
            base_url=address.rstrip("/") + "/api/v1", headers=headers, timeout=timeout, transport=transport
        )
        self._retries, self._patience = retries, patience
        self.executions = Executions(self)
        self.runtimes = Runtimes(self)
        self.scripts = Scripts(self)
        self.files = Files(self)
        self.me = Me(self)
        self.preferences = Preferences(self)
        self.tokens = Tokens(self)
        self.organizations = Organizations(self)
        self.projects = Projects(self)
        self.service_accounts = ServiceAccounts(self)
        self.users = Users(self)
        self.limits = Limits(self)
        self.nodes = Nodes(self)
        self.events = Events(self)
        self.audit = Audit(self)
        self.dead_letters = DeadLetters(self)
        self.replays = Replays(self)
        self.sinks = Sinks(self)
        self.notifications = Notifications(self)
        self.providers = IdentityProviders(self)

    def __enter__(self) -> Stoa:
        """Use the client for a while."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the client."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def health(self) -> models.Health:
        """Tell how the installation fares. For operators."""
        return self._get(models.Health, "/health")

    def request(
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
                response = self._begin(method, path, query, body, sent, timeout)
                try:
                    response.read()
                finally:
                    response.close()
                return response
            except httpx.TransportError as broken:
                error: StoaError = ConnectionFailed(f"{method} {path}: {broken!r}")
                error.__cause__ = broken
            except StoaError as refused:
                error = refused
            self._pause(error, attempt)
            attempt += 1

    def _pause(self, error: StoaError, attempt: int, *, times: int = 1, anew: bool = False) -> None:
        """Wait for as long as is good before the next attempt, or raise the error when there is to be none.

        times is how many times as often as else is tried: long enough for a server that starts again. anew says that
        another attempt makes sense, which the error alone does not say.
        """
        wait = _retry.wait_for(error, attempt, self._patience)
        if wait is None and anew:
            wait = _retry.backoff(attempt)
        if wait is None or attempt >= self._retries * times:
            raise error
        sleep(wait)

    def _begin(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx.Timeout | float | None = None,
    ) -> httpx.Response:
        """Send a request and give an answer that is good, its body not read yet; whoever asked closes it."""
        if isinstance(body, BaseModel):
            body = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
        content: bytes | Iterator[bytes] | None = None
        if isinstance(body, bytes):
            content = body
        elif isinstance(body, Rest):
            content = _read(body)  # anew with each attempt
            headers = {"Content-Length": str(body.path.stat().st_size - body.offset), **(headers or {})}
        if content is not None:
            headers = {"Content-Type": "application/octet-stream", **(headers or {})}
        request = self._http.build_request(
            method,
            path,
            params=_given(query),
            content=content,
            json=body if content is None else None,
            headers=headers,
            timeout=httpx.USE_CLIENT_DEFAULT if timeout is None else timeout,
        )
        try:
            response = self._http.send(request, stream=True)
            if response.is_success or response.status_code == 101:
                return response
            try:
                response.read()
            finally:
                response.close()
        except httpx.TransportError as error:
            raise ConnectionFailed(f"{method} {path}: {error!r}") from error
        raise from_response(response)

    def _chunks(self, path: str, /, **query: Any) -> Generator[bytes, None]:
        """Give an answer's body as it comes. What breaks off raises: a part is never taken for the whole."""
        attempt = 0
        while True:
            try:
                response = self._begin("GET", path, query)
                break
            except StoaError as error:
                self._pause(error, attempt)
                attempt += 1
        try:
            for chunk in response.iter_bytes():
                yield chunk
        except httpx.TransportError as error:
            raise ConnectionFailed(f"GET {path}: {error!r}") from error
        finally:
            response.close()

    def _upgrade(self, path: str, protocol: str, **query: Any) -> httpx.Response:
        """Ask for a WebSocket (RFC 6455) and give the answer, whose connection is one from then on."""
        nonce = generate_nonce()
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": nonce.decode(),
            "Sec-WebSocket-Protocol": protocol,
        }
        response = self._begin("GET", path, query, headers=headers, timeout=httpx.Timeout(10.0, read=SILENCE))
        accepted = response.headers.get("Sec-WebSocket-Accept") == generate_accept_token(nonce).decode()
        if response.status_code == 101 and accepted and "network_stream" in response.extensions:
            return response
        response.close()
        raise StoaError(f"GET {path}: the server, or something before it, speaks no WebSocket")

    def _get(self, model: type[M], path: str, **query: Any) -> M:
        return model.model_validate_json((self.request("GET", path, query=query)).content)

    def _post(self, model: type[M], path: str, body: Any = None) -> M:
        return model.model_validate_json((self.request("POST", path, body=body)).content)

    def _put(self, model: type[M], path: str, body: Any) -> M:
        return model.model_validate_json((self.request("PUT", path, body=body)).content)

    def _patch(self, model: type[M], path: str, body: Any) -> M:
        return model.model_validate_json((self.request("PATCH", path, body=body)).content)

    def _delete(self, path: str, **query: Any) -> None:
        self.request("DELETE", path, query=query)

    def _items(self, model: type[M], path: str, **query: Any) -> Generator[M, None]:
        """Ask for page after page, each when the one before is used up."""
        while True:
            page = (self.request("GET", path, query=query)).json()
            for item in page.get("items") or []:
                yield model.model_validate(item)
            if not page.get("next_cursor"):
                return
            query["cursor"] = page["next_cursor"]

    def _stream(self, path: str, last_id: str = "", **query: Any) -> Generator[_sse.Frame, None]:
        """Follow an event stream across connections, until the server refuses for good."""
        failures = 0
        parser = _sse.Parser(last_id)
        while True:
            parser = _sse.Parser(parser.last_id)
            try:
                with closing(self._connection(path, query, parser)) as frames:
                    for frame in frames:
                        failures = 0
                        yield frame
                error: StoaError = ConnectionFailed(f"GET {path}: the event stream ended")
            except (APIError, ConnectionFailed) as caught:
                error = caught
            wait = _retry.wait_for(error, failures, self._patience)
            failures += 1
            if wait is None or failures > MAX_FAILURES:
                raise error
            sleep(wait + parser.retry)

    def _connection(self, path: str, query: Mapping[str, Any], parser: _sse.Parser) -> Generator[_sse.Frame, None]:
        headers = {"Accept": "text/event-stream"}
        if parser.last_id:
            headers["Last-Event-ID"] = parser.last_id
        timeout = httpx.Timeout(10.0, read=SILENCE)
        response = self._begin("GET", path, query, headers=headers, timeout=timeout)
        try:
            for chunk in response.iter_bytes():
                for frame in parser.feed(chunk):
                    yield frame
        except httpx.TransportError as error:
            raise ConnectionFailed(f"GET {path}: {error!r}") from error
        finally:
            response.close()


def _given(query: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}


def _read(rest: Rest) -> Generator[bytes, None]:
    with rest.path.open("rb") as file:
        file.seek(rest.offset)
        while part := file.read(1 << 18):
            yield part
