"""A service that only publishes and reads, until nothing waits: it says and does nothing new.

After a restore its workers and sweeps must not act on what the rest of a topic takes back.
"""

import asyncio

from chassis import backlog, gate
from chassis.arrears import arrears_of
from chassis.service import Runtime, Service
from chassis.waiting import pause

ASK_AGAIN_SECONDS = 0.5


class CannotCatchUp(RuntimeError):
    """The consumer is stopped: too many records were parked."""


async def has_caught_up(service: Service, runtime: Runtime) -> bool:
    """Whether nothing can be published any more and every record is handled.

    Raises:
        CannotCatchUp: an operator must look at the parked records first.

    """
    async with runtime.pool.transaction() as connection:
        if await gate.is_closed(connection, service.name):
            raise CannotCatchUp(service.name)
        if await backlog.due(connection, but_not=(), limit=1):
            return False
    return await _nothing_unread(service, runtime)


async def _nothing_unread(service: Service, runtime: Runtime) -> bool:
    topics = service.consumers.topics
    if not topics:
        return True
    return await arrears_of(runtime.settings.kafka_bootstrap, service.name, topics) is None


async def catch_up(service: Service, runtime: Runtime) -> None:
    async with service.only_reading(runtime):
        while not await has_caught_up(service, runtime):
            await pause(ASK_AGAIN_SECONDS, asyncio.Event())
