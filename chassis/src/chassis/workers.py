"""Background loops of a service: each turn catches, logs and waits; a shutdown ends them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

import structlog

from chassis.waiting import Backoff, pause

log = structlog.get_logger(__name__)

STOP_SECONDS = 8.0


@asynccontextmanager
async def in_background(
    work: Coroutine[None, None, None], *, name: str, stopping: asyncio.Event, stop_seconds: float
) -> AsyncIterator[None]:
    """Run ``work`` beside the block; cancel it where ``stopping`` does not end it in time."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait({task}, timeout=stop_seconds)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Worker:
    """Calls ``turn`` again and again; it says whether there may be more to do at once.

    A turn that is not over ``stop_seconds`` after a shutdown began is cancelled: what it waits
    for may take longer than a process is given to end.
    """

    def __init__(
        self,
        name: str,
        turn: Callable[[], Awaitable[bool]],
        *,
        idle_seconds: float,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._name = name
        self._turn = turn
        self._idle_seconds = idle_seconds
        self._stop_seconds = stop_seconds
        self._stopping = asyncio.Event()
        self._backoff = Backoff()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with in_background(
            self._run(), name=self._name, stopping=self._stopping, stop_seconds=self._stop_seconds
        ):
            yield

    async def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                busy = await self._turn()
                failures = 0
            except Exception as error:
                log.warning("worker_failed", worker=self._name, error=type(error).__name__)
                await pause(self._backoff.seconds(failures), self._stopping)
                failures += 1
                continue
            if not busy:
                await pause(self._idle_seconds, self._stopping)
