"""The Python client of a Stoa installation.

    from stoa import Stoa

    with Stoa("https://stoa.example.org", token) as stoa:
        print(stoa.executions.run("python", "print('hello')").stdout)

AsyncStoa is the same with await. models holds the shapes of the API; errors are exceptions with a stable code.
"""

from . import models
from ._async._client import AsyncStoa
from ._bodies import NOWHERE
from ._errors import (
    APIError,
    Conflict,
    ConnectionFailed,
    Denied,
    InputLost,
    Invalid,
    Limited,
    NotFound,
    StoaError,
    Unauthenticated,
    Unavailable,
)
from ._narrow import AuditFilter, EventFilter
from ._sync._client import Stoa
from ._version import VERSION as __version__
from ._watch import AttachEvent, ExecutionEvent, Output, Refused, Reset, Result, Status

__all__ = [
    "NOWHERE",
    "APIError",
    "AsyncStoa",
    "AttachEvent",
    "AuditFilter",
    "Conflict",
    "ConnectionFailed",
    "Denied",
    "EventFilter",
    "ExecutionEvent",
    "InputLost",
    "Invalid",
    "Limited",
    "NotFound",
    "Output",
    "Refused",
    "Reset",
    "Result",
    "Status",
    "Stoa",
    "StoaError",
    "Unauthenticated",
    "Unavailable",
    "__version__",
    "models",
]
