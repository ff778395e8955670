"""The one thing that waits."""

import anyio


async def asleep(seconds: float) -> None:
    """Wait, whatever event loop runs."""
    await anyio.sleep(seconds)
