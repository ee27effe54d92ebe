"""A consumer group's offsets set back, while nobody reads in its name."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import for_code

from chassis.coordination import once_coordinated
from chassis.provisioning import ADMIN_SECONDS, Admin, partitions_of

NOBODY_READS = ("Empty", "Dead")


class StillRead(RuntimeError):
    """A process reads in the group's name: it would go on from where it is."""


async def demand_unread(bootstrap_servers: str, group: str) -> None:
    """Raise `StillRead` where the group has a member."""
    async with Admin(bootstrap_servers) as admin, asyncio.timeout(ADMIN_SECONDS):
        state = await once_coordinated(partial(_state, admin, group))
    if state not in NOBODY_READS:
        raise StillRead(group)


async def _state(admin: Any, group: str) -> str:
    [answer] = await admin.describe_consumer_groups([group])
    [(error_code, _, state, *_)] = answer.groups
    if error_code:
        raise for_code(error_code)(group)
    return str(state)


async def read_from_the_start(bootstrap_servers: str, group: str, topics: Iterable[str]) -> None:
    """Commit the earliest offset of every partition; what was handled, the inbox passes over."""
    places = [
        TopicPartition(topic, number)
        for topic in topics
        for number in await partitions_of(bootstrap_servers, topic)
    ]
    if not places:
        return
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers, group_id=group, enable_auto_commit=False
    )
    async with asyncio.timeout(ADMIN_SECONDS), consumer:
        consumer.assign(places)
        await consumer.commit(await consumer.beginning_offsets(places))
