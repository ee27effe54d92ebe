"""Questions about a consumer group: a new broker makes its offsets topic when it is asked first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)

ASK_AGAIN_SECONDS = 0.2

NOT_YET = (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)

Answer = TypeVar("Answer")


async def once_coordinated(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask until somebody looks after the group; the caller bounds the time."""
    while True:
        try:
            return await ask()
        except NOT_YET:
            await asyncio.sleep(ASK_AGAIN_SECONDS)
