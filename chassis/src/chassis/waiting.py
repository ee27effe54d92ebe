"""Waiting: growing pauses after failures, and sleeps that a shutdown ends at once."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """``first_seconds`` · 2ⁿ, at most ``most_seconds``."""

    first_seconds: float = 0.2
    most_seconds: float = 30.0

    def seconds(self, failures: int) -> float:
        return min(self.first_seconds * 2.0 ** min(failures, 30), self.most_seconds)


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Sleep, but no longer than until ``stopping`` is set."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return
