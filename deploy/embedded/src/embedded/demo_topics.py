"""A plain Kafka reader that knows nothing of the exchange's code: all records of a topic so far.

A topic is published at least once: the reader keeps the first record of each id, as any must.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

_FETCH_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as the broker holds it."""

    key: str
    value: bytes | None
    headers: Mapping[str, bytes]

    @property
    def data(self) -> dict[str, object]:
        parsed: dict[str, object] = json.loads(self.value or b"{}")
        return parsed

    @property
    def type(self) -> str:
        return self.headers["ce_type"].decode()

    @property
    def id(self) -> str:
        return self.headers["ce_id"].decode()

    @property
    def raw(self) -> bytes:
        return b" ".join((self.key.encode(), self.value or b"", *self.headers.values()))

    def cloud_event(self) -> BaseCloudEvent:
        """As the official SDK reads it; it raises where an attribute is missing or malformed."""
        message = KafkaMessage(dict(self.headers), self.key, self.value or b"")
        return from_binary(message, JSONFormat())


def records_of(bootstrap: str, topic: str) -> tuple[Record, ...]:
    return asyncio.run(_read(bootstrap, topic))


async def _read(bootstrap: str, topic: str) -> tuple[Record, ...]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, isolation_level="read_committed"
    )
    await consumer.start()
    try:
        read = await _until_the_end(consumer, topic)
    finally:
        await consumer.stop()
    once: dict[str, Record] = {}
    for record in read:
        once.setdefault(record.id, record)
    return tuple(once.values())


async def _until_the_end(consumer: AIOKafkaConsumer, topic: str) -> list[Record]:
    partitions = await _partitions(consumer, topic)
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    ends = await consumer.end_offsets(partitions)
    found: list[Record] = []
    while any([await consumer.position(each) < ends[each] for each in partitions]):
        for records in (await consumer.getmany(timeout_ms=_FETCH_MS)).values():
            found.extend(map(_record, records))
    return found


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    await consumer._client.add_topic(topic)  # noqa: SLF001 - metadata of a topic not yet assigned
    await consumer._client.force_metadata_update()  # noqa: SLF001
    return [TopicPartition(topic, each) for each in consumer.partitions_for_topic(topic) or ()]


def _record(record: "ConsumerRecord[bytes, bytes]") -> Record:
    return Record(
        key=(record.key or b"").decode(),
        value=record.value,
        headers={name: value for name, value in record.headers if value is not None},
    )
