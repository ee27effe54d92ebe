"""What must hold after any failure, read from databases, topics and the mail catcher alone."""

from collections import Counter
from dataclasses import dataclass

from inspected import Inspected, Published, count, fetch, published_facts, service_named

from embedded.exchange_settings import SERVICES

READERS = ("matching", "notifications", "surveys")


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


_ANALYSED = """
    select listing_id from listing join analysis using (listing_id, text_revision)
    join analysis_version on number = version and state = 'active' where part = 0
"""


async def demand_all(exchange: Inspected) -> None:
    """Every invariant; the exchange must have drained before."""
    published = await published_facts(exchange)
    for name in SERVICES:
        await demand_outbox_published_once(exchange, name, published)
        await demand_everything_read(exchange, name, published)
    for write in WRITES:
        await demand_one_fact_a_row(exchange, write)
    for name in READERS:
        await demand_same_state(exchange, name)
    await demand_listings_matched(exchange)
    await demand_mails_sent_once(exchange)
    await demand_one_proposal_a_pair(exchange)


async def demand_one_fact_a_row(exchange: Inspected, write: Write) -> None:
    rows = await fetch(exchange, write.service, write.rows)
    said = f"select {write.names} from outbox where topic = $1"
    facts = await fetch(exchange, write.service, said, write.topic)
    written, told = (Counter(str(each[0]) for each in found) for found in (rows, facts))
    assert written == told, f"{write.topic}: rows without fact {written - told}, {told - written}"


async def demand_outbox_published_once(
    exchange: Inspected, name: str, published: list[Published]
) -> None:
    rows = await fetch(
        exchange, name, "select id::text, role, published_at, set_aside_at from outbox"
    )
    waiting = [row["id"] for row in rows if row["published_at"] is None or row["set_aside_at"]]
    assert not waiting, f"{name}: {len(waiting)} outbox rows are not published"
    missing = {row["id"] for row in rows if row["role"] == "fact"} - {each.id for each in published}
    assert not missing, f"{name}: {len(missing)} facts marked as published are on no topic"


async def demand_everything_read(
    exchange: Inspected, name: str, published: list[Published]
) -> None:
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


async def demand_same_state(exchange: Inspected, name: str) -> None:
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


async def demand_listings_matched(exchange: Inspected) -> None:
    """Who is published meets the other side, nobody else does, and each was read for it."""
    owned, live, analysed = [
        {str(row[0]) for row in await fetch(exchange, service, query)}
        for service, query in (
            ("listings", "select id from listing where status = 'published'"),
            ("matching", "select listing_id from listing where live"),
            ("matching", _ANALYSED),
        )
    ]
    assert live == owned, f"matching lacks {owned - live}, and still has {live - owned}"
    assert live <= analysed, f"{live - analysed} are not analysed under the active version"


async def demand_mails_sent_once(exchange: Inspected) -> None:
    """A mail that is held may have arrived: the exchange says so, and waits to be told."""
    sent, held = [
        {row["id"].hex for row in await fetch(exchange, "notifications", query)}
        for query in (
            "select id from mail where state = 'sent'",
            "select id from mail where state = 'held'",
        )
    ]
    caught = Counter(mail.message_id.partition("@")[0] for mail in exchange.mailbox.mails)
    twice = [mail for mail, times in caught.items() if times > 1]
    assert not twice, f"{len(twice)} mails arrived twice"
    assert sent <= set(caught) <= sent | held, "sent rows and caught mails differ"


async def demand_one_proposal_a_pair(exchange: Inspected) -> None:
    pairs = "select count(*) from (select offer_id, request_id from proposal group by 1, 2"
    assert await count(exchange, "matching", f"{pairs} having count(*) > 1) as twice") == 0
