"""Every fact is counted once, in any order, and an erasure takes the ids but not the count."""

import random
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from chassis.database import Connection
from chassis.envelope import Gone
from schemas.event import Fact
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import ClosingAnswer, ClosingReason, SizeClass
from surveys.app import service
from surveys.ledger import commands
from surveys.ledger.entry import entry_of


def upgrading(migration: str) -> str:
    """What a migration does to a database that was used before it."""
    text = (Path(service.migrations) / f"{migration}.sql").read_text(encoding="utf-8")
    return text.split("-- migrate: apply")[1].split("-- migrate: rollback")[0]


def a_mail(story: Any) -> Any:
    return story.a_mail_about(story.a_proposal(story.an_offer(), story.a_request()))


def a_mail_to_sign_in(story: Any) -> Any:
    mail = a_mail(story)
    return mail.model_copy(update={"template": "sign_in", "about_id": mail.member_id})


def whole_story(story: Any) -> list[Any]:
    poster, seeker = uuid4(), uuid4()
    offer, request, lonely = story.an_offer(poster), story.a_request(seeker), story.an_offer(poster)
    proposal, unseen = story.a_proposal(offer, request), story.a_proposal(lonely, request)
    mail, lost = story.a_mail_about(proposal), story.a_mail_about(unseen)
    contact = story.a_contact(seeker, poster, proposal=proposal)
    direct = story.a_contact(seeker, poster)
    return [
        story.organisation(poster, SizeClass.MICRO),
        story.organisation(seeker, SizeClass.LARGE),
        offer, request, lonely, proposal, unseen, mail, lost,
        story.bounced(lost),
        story.interested_in(proposal),
        contact, direct,
        story.accepted(contact),
        story.declined(direct),
        story.closed(offer, ClosingAnswer.FOUND_HERE),
        story.closed(request),
        story.closed(lonely, reason=ClosingReason.ERASED),
    ]  # fmt: skip


async def test_a_redelivered_fact_is_counted_once(surveys: Any, story: Any, as_record: Any) -> None:
    record = as_record(story.an_offer())

    await surveys.receives(record, record)
    await surveys.receives(record)

    assert await surveys.value("select count(*) from ledger") == 1


async def test_a_fact_that_slips_past_the_inbox_is_still_unique_by_its_id(
    surveys: Any, story: Any, as_record: Any
) -> None:
    record = as_record(story.an_offer())
    await surveys.receives(record)
    async with surveys.pool.connection() as connection:
        await connection.execute("delete from inbox")

    await surveys.receives(record)

    assert await surveys.value("select count(*) from ledger") == 1


async def test_any_order_gives_the_same_figures(surveys: Any, story: Any) -> None:
    events = whole_story(story)
    random.Random(7).shuffle(events)  # noqa: S311 - an order, no secret

    for event in events:
        await surveys.hears(event)

    figures = await surveys.counts()
    assert figures["sizes"] == (
        ("micro", 1, 2), ("small", 0, 2), ("medium", 0, 2), ("large", 1, 2),
    )  # fmt: skip
    assert figures["kinds"] == (("offer", 2, 3), ("request", 1, 3))
    assert figures["contacts"][:2] == (("0", 0, 2), ("1-5", 2, 2))
    assert figures["results"] == (
        ("accepted", 1, 2), ("declined", 1, 2), ("lapsed", 0, 2), ("withdrawn", 0, 2),
        ("open", 0, 2),
    )  # fmt: skip
    assert figures["closings"] == (
        ("found-here", 1, 2), ("found-elsewhere", 0, 2), ("no-longer-needed", 0, 2),
        ("unknown", 1, 2),
    )  # fmt: skip
    assert figures["funnel"] == (
        ("published", 3, None), ("proposed", 3, 3), ("delivered", 1, 2), ("answered", 1, 1),
        ("contact", 1, 1), ("accepted", 1, 2), ("outcome", 0, 1), ("agreed", 0, 0),
        ("found-here", 1, 2),
    )  # fmt: skip


async def test_a_contact_taken_back_is_neither_open_nor_lapsed(surveys: Any, story: Any) -> None:
    contact = story.a_contact()

    await surveys.hears(contact, story.taken_back(contact))

    results = {slug: count for slug, count, _ in (await surveys.counts())["results"]}
    assert results == {"accepted": 0, "declined": 0, "lapsed": 0, "withdrawn": 1, "open": 0}


async def test_one_batch_gives_what_single_records_give(surveys: Any, story: Any) -> None:
    await surveys.hears(*whole_story(story))

    assert (await surveys.counts())["results"][0] == ("accepted", 1, 2)


async def test_the_size_class_stays_what_it_was(surveys: Any, story: Any) -> None:
    poster = uuid4()
    offer, later = story.an_offer(poster), story.an_offer(poster)

    await surveys.hears(offer)
    await surveys.hears(story.organisation(poster, SizeClass.MICRO))
    await surveys.hears(story.organisation(poster, SizeClass.SMALL))
    await surveys.hears(later)

    classes = await surveys.column("select size_class from ledger order by occurred_at")
    assert classes == ["micro", "small"]


class TestErasure:
    async def test_the_count_stays_and_the_id_goes(self, surveys: Any, story: Any) -> None:
        await surveys.hears(*whole_story(story))
        before = await surveys.counts()
        poster = await surveys.value(
            "select organisation_id from ledger where type = 'listing.created' limit 1"
        )

        await surveys.hears(Gone(state=OrganisationState, id=poster, revision=10**12))

        assert await surveys.counts() == before
        assert not await surveys.value(
            "select count(*) from ledger where $1 in (organisation_id,"
            " counterpart_organisation_id) or subjects @> array[$1]::uuid[]",
            poster,
        )

    async def test_the_pseudonym_is_one_and_stored_nowhere_else(
        self, surveys: Any, story: Any
    ) -> None:
        poster = uuid4()
        await surveys.hears(story.an_offer(poster), story.an_offer(poster))

        await surveys.hears(Gone(state=OrganisationState, id=poster, revision=10**12))

        pseudonyms = await surveys.column("select distinct organisation_id from ledger")
        assert len(pseudonyms) == 1
        assert pseudonyms != [poster]
        assert not await surveys.value(
            "select count(*) from state_copy where id = $1", pseudonyms[0]
        )

    async def test_a_fact_that_comes_later_counts_for_nobody(
        self, surveys: Any, story: Any
    ) -> None:
        poster = uuid4()
        await surveys.hears(Gone(state=OrganisationState, id=poster, revision=10**12))

        await surveys.hears(story.an_offer(poster))

        assert await surveys.column("select organisation_id from ledger") == [None]
        figures = await surveys.counts()
        assert figures["listings"] == (("published", 1, None),)
        assert figures["sizes"][0] == ("micro", 0, 0)

    async def test_a_tombstone_in_the_same_batch_keeps_the_organisation_countable(
        self, surveys: Any, story: Any
    ) -> None:
        poster = uuid4()

        await surveys.hears(
            story.organisation(poster, SizeClass.LARGE),
            Gone(state=OrganisationState, id=poster, revision=10**12),
            story.an_offer(poster),
        )

        ids = await surveys.column("select organisation_id from ledger")
        assert ids != [poster]
        assert ids != [None]

    async def test_a_member_is_forgotten_too(self, surveys: Any, story: Any) -> None:
        proposal = story.a_proposal(story.an_offer(), story.a_request())
        mail = story.a_mail_about(proposal)
        await surveys.hears(mail)

        await surveys.hears(Gone(state=MemberState, id=mail.member_id, revision=10**12))

        members = await surveys.column("select member_id from ledger")
        assert len(members) == 1
        assert members != [mail.member_id]

    @pytest.mark.parametrize("mailed_first", [True, False])
    async def test_a_mail_about_the_member_alone_names_them_nowhere(
        self, surveys: Any, story: Any, *, mailed_first: bool
    ) -> None:
        sign_in = a_mail_to_sign_in(story)
        gone = Gone(state=MemberState, id=sign_in.member_id, revision=10**12)

        for heard in (sign_in, gone) if mailed_first else (gone, sign_in):
            await surveys.hears(heard)

        row = await surveys.value("select to_jsonb(ledger)::text from ledger")
        assert "sign_in" in row
        assert str(sign_in.member_id) not in row

    async def test_of_who_was_erased_before_this_was_heeded_goes_with_the_migration(
        self, surveys: Any, story: Any
    ) -> None:
        erased, there, other = a_mail_to_sign_in(story), a_mail_to_sign_in(story), a_mail(story)
        await surveys.hears(erased, there, other)
        async with surveys.pool.connection() as connection:
            await connection.execute(
                "update ledger set member_id = gen_random_uuid(), subjects = '{}'"
                " where member_id = $1",
                erased.member_id,
            )
            await connection.execute(upgrading("0003_sign_ins_of_the_erased"))

        about = await surveys.column("select about_id from ledger order by occurred_at, event_id")
        assert sorted(about, key=str) == sorted([None, there.member_id, other.about_id], key=str)


class TestErasureBesideAnotherReplica:
    """One replica counts and has not committed; others hear the tombstone meanwhile."""

    async def test_what_the_other_one_counts_is_the_pseudonyms(
        self, surveys: Any, story: Any
    ) -> None:
        poster = uuid4()
        erased = Gone(state=OrganisationState, id=poster, revision=10**12)

        await surveys.hears_beside(partial(count, story.an_offer(poster)), (erased,))

        ids = await surveys.column("select organisation_id from ledger")
        assert len(ids) == 1
        assert ids != [poster]
        assert not await surveys.value("select count(*) from ledger where subjects <> '{}'")

    async def test_two_that_count_and_erase_wait_for_each_other_in_one_order(
        self, surveys: Any, story: Any
    ) -> None:
        posters = [uuid4(), uuid4()]
        batches = [
            (story.an_offer(each), Gone(state=OrganisationState, id=each, revision=10**12))
            for each in posters
        ]

        await surveys.hears_beside(partial(count, story.an_offer()), *batches)

        assert await surveys.value("select count(*) from ledger") == 3
        assert not await surveys.value(
            "select count(*) from ledger where organisation_id = any($1)", posters
        )


async def count(fact: Fact, connection: Connection) -> None:
    await commands.count_facts(connection, [entry_of(fact, uuid4())])


@pytest.mark.parametrize(
    "statement",
    [
        "delete from ledger",
        "truncate ledger",
        "update ledger set occurred_at = now()",
        "update ledger set type = 'listing.closed'",
    ],
)
async def test_the_ledger_only_grows(surveys: Any, story: Any, statement: str) -> None:
    await surveys.hears(story.an_offer())

    async with surveys.pool.connection() as connection:
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            await connection.execute(statement)


async def test_nothing_written_by_people_is_stored(surveys: Any, story: Any) -> None:
    await surveys.hears(*whole_story(story))

    rows = await surveys.column("select ledger::text from ledger")

    assert Counter(word in row for row in rows for word in ("Kim", "Dosier", "Guten")).keys() == {
        False
    }
