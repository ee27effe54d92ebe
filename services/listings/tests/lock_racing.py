"""Two at once, each with its first locks before either goes on.

A third transaction holds a row that both need, and lets it go once both wait.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from chassis.database import Connection, Pool
from embedded.testing import eventually

Act = Callable[[Connection], Awaitable[object]]
AtOnce = Callable[..., Awaitable[None]]
Met = Callable[..., Awaitable[None]]
LOCKED = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)
"""How many wait for somebody's lock."""


@pytest.fixture
def met(pool: Pool, connection: Connection) -> Met:
    """Both in this order up to the held row, and on from there."""

    async def wait(number: int) -> bool:
        return bool(await connection.fetchval(LOCKED) == number)

    async def run(first: Awaitable[Any], second: Awaitable[Any], *, held: str, row: UUID) -> None:
        async with pool.transaction() as holding:
            await holding.execute(held, row)
            earlier = asyncio.ensure_future(first)
            await eventually(lambda: wait(1))
            later = asyncio.ensure_future(second)
            await eventually(lambda: wait(2))
        await asyncio.gather(earlier, later)

    return run


@pytest.fixture
def at_once(pool: Pool, met: Met) -> AtOnce:
    """Each in its own transaction."""

    async def alone(act: Act) -> None:
        async with pool.transaction() as own:
            await act(own)

    async def run(first: Act, second: Act, *, held: str, row: UUID) -> None:
        await met(alone(first), alone(second), held=held, row=row)

    return run
