"""What must hold after any failure, read from databases, topics and the mail catcher alone."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.service import Service
from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES

QUIET_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write that was answered with yes: its rows, each of which has exactly one fact.

    `rows` selects the ids; `names` is where a fact in the outbox names the same id.
    """

    service: str
    topic: str
    rows: str
    names: str = "key"


_QUESTION = "convert_from(payload, 'UTF8')::jsonb ->> 'question_id'"
WRITES = (
    Write(
        service="listings",
        topic="listing.created",
        rows="select id from listing where published_at is not null",
    ),
    Write(
        service="listings",
        topic="listing.closed",
        rows="select id from listing where status = 'closed'",
    ),
    Write(service="listings", topic="contact.requested", rows="select id from contact"),
    Write(
        service="listings",
        topic="contact.accepted",
        rows="select id from contact where status = 'accepted'",
    ),
    Write(
        service="listings",
        topic="contact.declined",
        rows="select id from contact where status = 'declined'",
    ),
    Write(service="matching", topic="match.proposed", rows="select proposal_id from proposal"),
    Write(service="matching", topic="match.answered", rows="select proposal_id from answer"),
    Write(
        service="notifications",
        topic="mail.sent",
        rows="select id from mail where state = 'sent'",
    ),
    Write(
        service="surveys",
        topic="outcome.asked",
        rows="select question_id from question where asked_at is not null",
        names=_QUESTION,
    ),
    Write(
        service="surveys",
        topic="outcome.reported",
        rows="select question_id from question where outcome is not null",
        names=_QUESTION,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One committed record of a fact, by what makes it unique."""

    topic: str
    source: str
    id: str


def service_named(name: str) -> Service:
    service: Service = import_module(f"{name}.app").service
    return service


async def fetch(exchange: Exchange, name: str, query: str, *arguments: object) -> list[Any]:
    connection = await asyncpg.connect(exchange.database_url(name))
    try:
        return list(await connection.fetch(query, *arguments))
    finally:
        await connection.close()


async def count(exchange: Exchange, name: str, query: str) -> int:
    (row,) = await fetch(exchange, name, query)
    return int(row[0])


async def demand_all(exchange: Exchange) -> None:
    """Every invariant; the exchange must have drained before."""
    published = await published_facts(exchange)
    for name in SERVICES:
        await demand_outbox_published_once(exchange, name, published)
        await demand_everything_read(exchange, name, published)
    for write in WRITES:
        await demand_one_fact_a_row(exchange, write)
    await demand_mails_sent_once(exchange)
    await demand_one_proposal_a_pair(exchange)


async def demand_one_fact_a_row(exchange: Exchange, write: Write) -> None:
    rows = await fetch(exchange, write.service, write.rows)
    said = f"select {write.names} from outbox where topic = $1"
    facts = await fetch(exchange, write.service, said, write.topic)
    written, told = (Counter(str(each[0]) for each in found) for found in (rows, facts))
    assert written == told, f"{write.topic}: rows without fact {written - told}, {told - written}"


async def demand_outbox_published_once(
    exchange: Exchange, name: str, published: list[Published]
) -> None:
    rows = await fetch(
        exchange, name, "select id::text, role, published_at, set_aside_at from outbox"
    )
    waiting = [row["id"] for row in rows if row["published_at"] is None or row["set_aside_at"]]
    assert not waiting, f"{name}: {len(waiting)} outbox rows are not published"
    missing = {row["id"] for row in rows if row["role"] == "fact"} - {each.id for each in published}
    assert not missing, f"{name}: {len(missing)} facts marked as published are on no topic"


async def demand_everything_read(exchange: Exchange, name: str, published: list[Published]) -> None:
    """Each fact of a topic the service reads is in its inbox or parked, never neither or both."""
    heard = {each.topic for each in service_named(name).consumers.classes if each.role == "fact"}
    expected = {(each.source, each.id) for each in published if each.topic in heard}
    inbox = {
        (row["source"], row["id"]) for row in await fetch(exchange, name, "select * from inbox")
    }
    parked = await fetch(exchange, name, "select topic, error from parked_record")
    assert not parked, f"{name} parked {len(parked)}: {parked[0]['topic']} {parked[0]['error']}"
    assert expected <= inbox, f"{name} never handled {len(expected - inbox)} facts"
    assert inbox <= expected, f"{name} handled {len(inbox - expected)} facts that nobody published"


async def demand_same_state(exchange: Exchange, name: str) -> None:
    """A reader's copies are the owner's rows, in their last revision."""
    for table in ("organisation", "member"):
        owned = await fetch(exchange, "listings", f"select id, revision from {table}")
        copies = await fetch(
            exchange,
            name,
            "select id, revision from state_copy where name = $1 and payload is not null",
            f"{table}.state",
        )
        assert set(map(tuple, owned)) == set(map(tuple, copies)), f"{name} knows another {table}"


async def demand_mails_sent_once(exchange: Exchange) -> None:
    sent = await fetch(exchange, "notifications", "select id from mail where state = 'sent'")
    caught = Counter(mail.message_id.partition("@")[0] for mail in exchange.mailbox.mails)
    twice = [mail for mail, times in caught.items() if times > 1]
    assert not twice, f"{len(twice)} mails arrived twice"
    assert set(caught) == {row["id"].hex for row in sent}, "sent rows and caught mails differ"


async def demand_one_proposal_a_pair(exchange: Exchange) -> None:
    pairs = "select count(*) from (select offer_id, request_id from proposal group by 1, 2"
    assert await count(exchange, "matching", f"{pairs} having count(*) > 1) as twice") == 0


async def published_facts(exchange: Exchange) -> list[Published]:
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


async def drained(exchange: Exchange) -> bool:
    """Whether nothing is on its way: outboxes, consumers, matching and mails are at rest."""
    for name in SERVICES:
        if await count(exchange, name, "select count(*) from outbox where published_at is null"):
            return False
    if await count(exchange, "matching", "select count(*) from match_due"):
        return False
    moving = "select count(*) from mail where state in ('pending', 'claimed', 'sending')"
    return await count(exchange, "notifications", moving) == 0


async def wait_until_at_rest(exchange: Exchange, *, limit_seconds: float = QUIET_SECONDS) -> None:
    """Drained, and the same facts in every inbox twice in a row: what was published is read."""
    async with asyncio.timeout(limit_seconds):
        before = ""
        while True:
            if await drained(exchange):
                now = json.dumps([await _progress(exchange, name) for name in SERVICES])
                if now == before and await _all_read(exchange):
                    return
                before = now
            await asyncio.sleep(0.5)


async def _progress(exchange: Exchange, name: str) -> list[int]:
    queries = ("select count(*) from inbox", "select count(*) from outbox")
    return [await count(exchange, name, query) for query in queries]


async def _all_read(exchange: Exchange) -> bool:
    published = await published_facts(exchange)
    for name in SERVICES:
        heard = {each.topic for each in service_named(name).consumers.classes}
        expected = len({(each.source, each.id) for each in published if each.topic in heard})
        if await count(exchange, name, "select count(*) from inbox") < expected:
            return False
    return True
