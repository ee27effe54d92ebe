"""A worker repeats its turn, survives its failures, and never holds up a shutdown."""

import asyncio

from chassis.workers import Worker


class TestWorker:
    async def test_a_turn_that_fails_is_tried_again(self) -> None:
        again = asyncio.Event()
        turns = 0

        async def turn() -> bool:
            nonlocal turns
            turns += 1
            if turns == 1:
                raise ConnectionError
            again.set()
            return False

        async with Worker("test", turn, idle_seconds=0.01).running(), asyncio.timeout(60):
            await again.wait()

    async def test_a_turn_ends_before_the_shutdown_does(self) -> None:
        begun, finished = asyncio.Event(), asyncio.Event()

        async def turn() -> bool:
            begun.set()
            await asyncio.sleep(0.05)
            finished.set()
            return False

        async with Worker("test", turn, idle_seconds=10).running():
            await begun.wait()

        assert finished.is_set()

    async def test_a_turn_without_end_is_cancelled(self) -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def turn() -> bool:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            return False

        async with asyncio.timeout(60):
            async with Worker("test", turn, idle_seconds=10, stop_seconds=0.05).running():
                await begun.wait()

        assert cancelled.is_set()
