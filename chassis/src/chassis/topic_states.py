"""What a state topic says last about each key, read to its end and written to nowhere."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.event import HEARTBEAT_TYPE, Event
from chassis.provisioning import ADMIN_SECONDS, partitions_of

log = structlog.get_logger(__name__)

FETCH_MILLISECONDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LastWord:
    """The record that a reader of a compacted topic ends with."""

    revision: int
    is_gone: bool


LastWords = Mapping[type[Event], Mapping[UUID, LastWord]]


async def last_words(bootstrap_servers: str, states: Iterable[type[Event]]) -> LastWords:
    """For each state class what its topic says last about each aggregate."""
    wanted = tuple(states)
    if not wanted:
        return {}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    try:
        async with asyncio.timeout(ADMIN_SECONDS):
            await consumer.start()
        return {
            state: await _last_words(consumer, state, await partitions_of(bootstrap_servers, topic))
            for state in wanted
            for topic in [state.topic]
        }
    finally:
        await consumer.stop()


async def _last_words(
    consumer: Any, state: type[Event], partitions: Iterable[int]
) -> dict[UUID, LastWord]:
    places = [TopicPartition(state.topic, number) for number in partitions]
    consumer.assign(places)
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    found: dict[UUID, LastWord] = {}
    while any([await consumer.position(place) < end for place, end in ends.items()]):
        for records in (await consumer.getmany(timeout_ms=FETCH_MILLISECONDS)).values():
            found.update(_words_in(records, state))
    return found


def _words_in(records: Iterable[Any], state: type[Event]) -> Iterator[tuple[UUID, LastWord]]:
    """A record that nobody could read says nothing; its readers have parked it."""
    for record in records:
        headers = dict(record.headers)
        if headers.get("ce_type") == HEARTBEAT_TYPE.encode():
            continue
        try:
            aggregate_id = UUID(headers["ce_subject"].decode())
            revision = int(headers["ce_revision"])
        except (KeyError, ValueError, AttributeError, TypeError):
            log.warning("state_unreadable", topic=state.topic, offset=record.offset)
            continue
        yield aggregate_id, LastWord(revision=revision, is_gone=record.value is None)
