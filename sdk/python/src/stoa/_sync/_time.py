"""The one thing that waits."""

import time


def sleep(seconds: float) -> None:
    """Wait, whatever event loop runs."""
    time.sleep(seconds)
