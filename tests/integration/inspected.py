"""An exchange whose servers are asked: databases by SQL, topics from their first record."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.service import Service
from embedded.exchange_settings import SERVICES
from embedded.story_exchange import MailReader


class Inspected(Protocol):
    """An exchange whose servers can be asked, embedded or on Docker."""

    @property
    def kafka_bootstrap(self) -> str: ...

    @property
    def mailbox(self) -> MailReader: ...

    def database_url(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One committed record of a fact, by what makes it unique."""

    topic: str
    source: str
    id: str


def service_named(name: str) -> Service:
    service: Service = import_module(f"{name}.app").service
    return service


async def fetch(exchange: Inspected, name: str, query: str, *arguments: object) -> list[Any]:
    connection = await asyncpg.connect(exchange.database_url(name))
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def count(exchange: Inspected, name: str, query: str) -> int:
    (row,) = await fetch(exchange, name, query)
    return int(row[0])


async def published_facts(exchange: Inspected) -> list[Published]:
    """All committed facts on all topics, each id once (a republished record has the same id)."""
    topics = sorted(
        {
            event.topic
            for name in SERVICES
            for event in service_named(name).outbox.publishes
            if event.role == "fact"
        }
    )
    consumer = AIOKafkaConsumer(
        bootstrap_servers=exchange.kafka_bootstrap,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        return list(dict.fromkeys(await _read_to_end(consumer, topics)))
    finally:
        await consumer.stop()


async def _read_to_end(consumer: Any, topics: list[str]) -> list[Published]:
    partitions = [TopicPartition(topic, number) for topic in topics for number in range(6)]
    consumer.assign(partitions)
    ends = await consumer.end_offsets(partitions)
    found: list[Published] = []
    while any([await consumer.position(each) < ends[each] for each in partitions]):
        for records in (await consumer.getmany(timeout_ms=500)).values():
            found += [_published(record) for record in records]
    return found


def _published(record: Any) -> Published:
    headers = {name: value.decode() for name, value in record.headers}
    return Published(topic=record.topic, source=headers["ce_source"], id=headers["ce_id"])
