"""Where a consumer stands in its partitions, out of aiokafka's memory: no broker is asked."""

from collections.abc import Sequence
from typing import Any

from aiokafka import TopicPartition


def position_of(consumer: Any, partition: TopicPartition) -> int | None:
    """The offset to be read next; None where that is not settled or the partition another's."""
    subscription = consumer._subscription.subscription  # noqa: SLF001 - `position` asks a broker
    assignment = subscription.assignment if subscription is not None else None
    state = assignment.state_value(partition) if assignment is not None else None
    return state.position if state is not None and state.has_valid_position else None


def seek_back(consumer: Any, records: Sequence[Any]) -> None:
    """Read these records again, where the consumer still owns them and stands behind them.

    A partition that was rewound or given away meanwhile stays as it is.
    """
    earliest: dict[TopicPartition, int] = {}
    for record in records:
        earliest.setdefault(TopicPartition(record.topic, record.partition), record.offset)
    for partition, offset in earliest.items():
        position = position_of(consumer, partition)
        if position is not None and position > offset:
            consumer.seek(partition, offset)


def lag_of(consumer: Any) -> int:
    """Records that are there and not yet read."""
    lag = 0
    for partition in consumer.assignment():
        end, position = consumer.highwater(partition), position_of(consumer, partition)
        lag += max(0, end - position) if end is not None and position is not None else 0
    return lag
