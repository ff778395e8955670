"""What can go wrong, as exceptions."""

from __future__ import annotations

import email.utils
import time
from typing import Any

import httpx

from . import models


class StoaError(Exception):
    """Anything that this package raises by itself."""


class ConnectionFailed(StoaError):
    """The server could not be reached, or broke off before it answered."""


class InputLost(StoaError):
    """The connection broke while something was written: the program may or may not have got it. It is not written again."""


class APIError(StoaError):
    """A refusal or failure that the API answered (RFC 9457).

    code is stable and for programs ("not_found"); str() is a sentence for a person.
    """

    def __init__(self, status: int, problem: dict[str, Any], *, correlation_id: str, retry_after: float) -> None:
        """Read the problem document of an answer; an answer of a proxy has none."""
        self.status = status
        self.code: str = problem.get("code") or f"http_{status}"
        self.title: str = problem.get("title") or ""
        self.detail: str = problem.get("detail") or self.title or f"The server answered {status}"
        self.correlation_id: str = problem.get("correlation_id") or correlation_id
        self.retry_after = retry_after  # seconds; 0 when the server did not say
        self.limit = models.ProblemLimit.model_validate(problem["limit"]) if problem.get("limit") else None
        self.fields = [models.ProblemField.model_validate(f) for f in problem.get("errors") or []]
        text = self.detail.rstrip(".")
        for field in self.fields:
            text += f"; {field.location}: {field.message.rstrip('.')}"
        super().__init__(f"{text} ({self.code})")


class Invalid(APIError):
    """Something in the request is wrong; fields says what."""


class Unauthenticated(APIError):
    """No credential was sent, or one that does not hold."""


class Denied(APIError):
    """The caller is known but may not do this."""


class NotFound(APIError):
    """The thing does not exist or is not visible to the caller."""


class Conflict(APIError):
    """The present state does not admit the request."""


class Limited(APIError):
    """A limit, quota or rate was hit; limit says which."""


class Unavailable(APIError):
    """The server cannot answer now; the request was not carried out."""


_classes: dict[int, type[APIError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Denied,
    404: NotFound,
    409: Conflict,
    422: Invalid,
    429: Limited,
    503: Unavailable,
}


def from_response(response: httpx.Response) -> APIError:
    """Make the exception of an answer that is not a success and whose body was read."""
    problem: dict[str, Any] = {}
    if response.headers.get("content-type", "").split(";")[0].endswith("json"):
        try:
            decoded = response.json()
        except ValueError:  # a torn body still leaves the status
            decoded = None
        if isinstance(decoded, dict):
            problem = decoded
    return _classes.get(response.status_code, APIError)(
        response.status_code,
        problem,
        correlation_id=response.headers.get("x-correlation-id", ""),
        retry_after=_retry_after(response.headers.get("retry-after", "")),
    )


def _retry_after(value: str) -> float:
    if value.isdigit():
        return float(value)
    try:
        return max(email.utils.parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except ValueError:
        return 0.0
