"""Whose turn it is: among tasks, and among threads."""

from threading import Lock as SyncLock

from anyio import Lock as AsyncLock

__all__ = ["AsyncLock", "SyncLock"]
