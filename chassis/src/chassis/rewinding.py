"""State topics read again from their start, where an operator asked for it."""

from collections.abc import Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition

from chassis.database import Pool

log = structlog.get_logger(__name__)

_ASKED = """
    select topic, partition from consumer_rewind
    join unnest($1::text[], $2::int[]) as mine (topic, partition) using (topic, partition)
"""
_FORGET_RESOLVED = """
    delete from parked_record where topic = $1 and partition = $2 and resolved_at is not null
"""
_TAKE = "delete from consumer_rewind where topic = $1 and partition = $2"


async def rewind_where_asked(consumer: Any, pool: Pool) -> None:
    """Forget a request only when the early offset is committed: a crash rewinds once more."""
    for place in await _prepared(pool, list(consumer.assignment())):
        async with pool.transaction() as transaction:
            await transaction.execute(_TAKE, place.topic, place.partition)
            await consumer.seek_to_beginning(place)
            await consumer.commit({place: await consumer.position(place)})
        log.info("partition_rewound", topic=place.topic, partition=place.partition)


async def _prepared(pool: Pool, mine: Sequence[TopicPartition]) -> list[TopicPartition]:
    """Where a rewind is asked for; what was parked there and decided on counts as unread.

    That is committed ahead: whoever reads the first record again must not find it parked.
    """
    if not mine:
        return []
    async with pool.transaction() as transaction:
        rows = await transaction.fetch(
            _ASKED, [each.topic for each in mine], [each.partition for each in mine]
        )
        asked = [TopicPartition(row["topic"], row["partition"]) for row in rows]
        await transaction.executemany(_FORGET_RESOLVED, asked)
    return asked
