"""When a failed request is tried again, and after how long."""

from __future__ import annotations

import random

from ._errors import APIError, ConnectionFailed

FIRST_BACKOFF = 0.1  # seconds
MAX_BACKOFF = 5.0


def backoff(attempt: int) -> float:
    """Double with each attempt; between half and all of it, so that those who failed together do not return together."""
    ceiling = min(FIRST_BACKOFF * float(2 ** min(attempt, 10)), MAX_BACKOFF)
    return ceiling / 2 + random.uniform(0, ceiling / 2)


def wait_for(error: Exception, attempt: int, patience: float) -> float | None:
    """Seconds to wait before trying again; None when there is no point in it."""
    if isinstance(error, ConnectionFailed):
        return backoff(attempt)
    if not isinstance(error, APIError) or error.retry_after > patience:
        return None
    if error.retry_after > 0 and (error.status in (429, 503) or error.code == "idempotency_in_progress"):
        return error.retry_after
    if error.status in (502, 503, 504):
        return backoff(attempt)
    return None
