"""State topics read again from their start, where an operator asked for it."""

from typing import Any

import structlog
from aiokafka import TopicPartition

from chassis.database import Pool

log = structlog.get_logger(__name__)

_TAKE = """
    delete from consumer_rewind
    using unnest($1::text[], $2::int[]) as mine (topic, partition)
    where (consumer_rewind.topic, consumer_rewind.partition) = (mine.topic, mine.partition)
    returning consumer_rewind.topic, consumer_rewind.partition
"""


async def rewind_where_asked(consumer: Any, pool: Pool) -> None:
    """Forget a request only when the early offset is committed: a crash rewinds once more."""
    mine = list(consumer.assignment())
    if not mine:
        return
    async with pool.transaction() as transaction:
        for row in await transaction.fetch(
            _TAKE, [each.topic for each in mine], [each.partition for each in mine]
        ):
            partition = TopicPartition(row["topic"], row["partition"])
            await consumer.seek_to_beginning(partition)
            await consumer.commit({partition: await consumer.position(partition)})
            log.info("partition_rewound", topic=partition.topic, partition=partition.partition)
