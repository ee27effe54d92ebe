"""What a consumer group has not handled yet, read without joining it.

Offsets alone would not do: a transaction's end takes one that no reader ever commits.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.coordination import once_coordinated
from chassis.provisioning import ADMIN_SECONDS, Admin

FETCH_MILLISECONDS = 200
LOOK_SECONDS = 5.0
"""What no reader sees within this time is an open transaction: it is not due yet."""

Offsets = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrears:
    """How many records wait, about, and for how long the oldest of them does."""

    records: int
    oldest_seconds: float


async def arrears_of(bootstrap_servers: str, group: str, topics: Iterable[str]) -> Arrears | None:
    """None where everything was handled."""
    async with asyncio.timeout(ADMIN_SECONDS), Admin(bootstrap_servers) as admin:
        described = await admin.describe_topics(list(topics))
        ask = partial(admin.list_consumer_group_offsets, group)
        committed: Mapping[TopicPartition, Any] = await once_coordinated(ask)
    places = [
        TopicPartition(topic["topic"], each["partition"])
        for topic in described
        for each in topic["partitions"]
    ]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    async with asyncio.timeout(ADMIN_SECONDS), consumer:
        starts = await consumer.beginning_offsets(places)
        at = {place: _position(committed.get(place), starts[place]) for place in places}
        return await _measured(consumer, at, await consumer.end_offsets(places))


def _position(committed: Any, start: int) -> int:
    return start if committed is None else max(start, committed.offset)


async def _measured(consumer: Any, at: Offsets, ends: Offsets) -> Arrears | None:
    behind = [place for place in at if ends[place] > at[place]]
    consumer.assign(behind)
    for place in behind:
        consumer.seek(place, at[place])
    written = await _first_times(consumer, {place: ends[place] for place in behind})
    if not written:
        return None
    return Arrears(
        records=sum(ends[place] - at[place] for place in written),
        oldest_seconds=max(0.0, time.time() - min(written.values()) / 1000),
    )


async def _first_times(consumer: Any, ends: Offsets) -> Offsets:
    """When the next record of each partition was written, in milliseconds, where there is one."""
    found: dict[TopicPartition, int] = {}
    waiting = list(ends)
    until = time.monotonic() + LOOK_SECONDS
    while waiting and time.monotonic() < until:
        batches = await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)
        for place, records in batches.items():
            found[place] = records[0].timestamp
            consumer.pause(place)
        waiting = [
            place
            for place in waiting
            if place not in found and await consumer.position(place) < ends[place]
        ]
    return found
