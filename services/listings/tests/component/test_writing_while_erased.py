"""Whoever is erased, or leaves, while they write or answer leaves no words behind."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import pytest
from listing_builders import a_listing, asking
from listings_scene import (
    MEMBERS,
    NOW,
    ORGANISATIONS,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    token_in,
)
from lock_racing import LOCKED, Act

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings import erasure, leaving
from listings.contacts import commands
from listings.contacts.contact import Contact
from listings.csv_file import CsvRow
from listings.imports import take_in
from listings.listing.listing import Listing
from listings.members.importing import MemberRow
from listings.members.member import Member, UnknownMember
from listings.organisations.importing import OrganisationRow
from schemas.vocabulary import DeclineReason, OrganisationKind, SizeClass

WORDS = "Rufen Sie mich bitte an: Anna Asker, 0381 123456."


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Anna, who has a colleague, and somebody who offers and may be written to."""

    anna: Member
    other: Member
    offer_of_other: Listing
    offer_of_anna: Listing


@pytest.fixture
async def sides(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> Sides:
    labour, firm = [await an_organisation(each, trusted=True) for each in ("Labor", "Pumpenwerk")]
    anna, _ = [await a_member(each, of=labour) for each in ("Anna Asker", "Karl Kollege")]
    return Sides(
        anna=anna,
        other=await a_member("Olaf Owner", of=firm),
        offer_of_other=await a_listing(connection, firm, "Dosierpumpen"),
        offer_of_anna=await a_listing(connection, labour, "Zentrifugen"),
    )


@pytest.mark.parametrize("how", ["erased", "left"])
async def test_who_goes_first_sends_no_message(
    pool: Pool, connection: Connection, sides: Sides, how: str
) -> None:
    async def goes(own: Connection) -> None:
        anna, now, cause = sides.anna, NOW, Cause.new()
        if how == "erased":
            await erasure.erase_member(own, anna.id, tracer=TRACER, now=now, cause=cause)
        else:
            organisation_id = anna.organisation_ids[0]
            await leaving.end_membership(own, anna.id, organisation_id, now=now, cause=cause)

    async def asks(own: Connection) -> None:
        with pytest.raises(UnknownMember):
            await asking(own, sides.offer_of_other, sides.anna, WORDS)

    await before_the_commit_of(goes, asks, pool=pool, connection=connection)

    assert await connection.fetchval("select count(*) from contact") == 0


@pytest.mark.parametrize("answer", ["accepts", "declines"])
@pytest.mark.parametrize("erased_first", [True, False])
async def test_an_answer_is_not_given_or_is_forgotten(
    *, pool: Pool, connection: Connection, sides: Sides, answer: str, erased_first: bool
) -> None:
    contact = await asking(connection, sides.offer_of_anna, sides.other, WORDS)

    async def goes(own: Connection) -> None:
        await erasure.erase_member(own, sides.anna.id, tracer=TRACER, now=NOW, cause=Cause.new())

    async def answers(own: Connection) -> None:
        with suppress(UnknownMember):
            await answering(own, contact, sides.anna, answer)

    first, second = (goes, answers) if erased_first else (answers, goes)
    await before_the_commit_of(first, second, pool=pool, connection=connection)

    said = "select count(*) from outbox where $1 = any(subjects) and payload is not null"
    assert await connection.fetchval(said, sides.anna.id) == 0
    assert await connection.fetchval("select count(*) from contact where explanation <> ''") == 0
    status = await connection.fetchval("select status from contact")
    assert (status == "requested") is erased_first


async def test_who_left_before_they_answered_reads_that_and_not_that_the_other_side_is_gone(
    *, pool: Pool, connection: Connection, sides: Sides, browser: Browser
) -> None:
    contact = await asking(connection, sides.offer_of_anna, sides.other, WORDS)
    page = await browser.sign_in(sides.anna).open(f"/my/contacts/{contact.id}")
    organisation_id = sides.anna.organisation_ids[0]
    path = f"/my/contacts/{contact.id}/accept"
    answers = []

    async def leaves(own: Connection) -> None:
        await leaving.end_membership(
            own, sides.anna.id, organisation_id, now=NOW, cause=Cause.new()
        )

    async def accepts(_own: Connection) -> None:
        answers.append(await browser.http.post(path, data={"form_token": token_in(page.text)}))

    await before_the_commit_of(leaves, accepts, pool=pool, connection=connection)

    assert answers[0].status_code == 410
    assert "Sie sprechen nicht mehr für diese Organisation." in answers[0].text


@pytest.mark.parametrize("by", ["external id", "address"])
async def test_an_import_that_began_before_brings_nobody_back(
    pool: Pool, connection: Connection, sides: Sides, by: str
) -> None:
    await connection.execute("update member set external_id = 'p-1' where id = $1", sides.anna.id)
    await connection.execute("update organisation set external_id = 'org-1' where name = 'Labor'")
    row = MemberRow(
        external_id="p-1" if by == "external id" else "p-2",
        organisation_external_id="org-1",
        name="Anna Asker",
        email="else@example.org" if by == "external id" else sides.anna.email,
    )
    lines = (CsvRow(line=2, value=row),)

    async def goes(own: Connection) -> None:
        await erasure.erase_member(own, sides.anna.id, tracer=TRACER, now=NOW, cause=Cause.new())

    async def imports(own: Connection) -> None:
        await take_in(own, MEMBERS, lines, now=NOW, dry_run=False, tracer=TRACER)

    await before_the_commit_of(goes, imports, pool=pool, connection=connection)

    assert not await connection.fetchval("select true from member where name = 'Anna Asker'")


async def test_nor_does_one_of_organisations(
    pool: Pool, connection: Connection, sides: Sides
) -> None:
    await connection.execute("update organisation set external_id = 'org-1' where name = 'Labor'")
    row = OrganisationRow(
        external_id="org-1",
        name="Labor Nord",
        kind=OrganisationKind.COMPANY,
        size_class=SizeClass.MICRO,
        postcode="18055",
    )
    told = []

    async def goes(own: Connection) -> None:
        labour = sides.anna.organisation_ids[0]
        await erasure.erase_organisation(own, labour, tracer=TRACER, now=NOW, cause=Cause.new())

    async def imports(own: Connection) -> None:
        lines = (CsvRow(line=2, value=row),)
        told.append(await take_in(own, ORGANISATIONS, lines, now=NOW, dry_run=False, tracer=TRACER))

    await before_the_commit_of(goes, imports, pool=pool, connection=connection)

    assert not await connection.fetchval("select true from organisation where name like 'Labor%'")
    assert (told[0].added, told[0].changed, told[0].skipped) == (0, 0, (2,))


async def before_the_commit_of(
    first: Act, second: Act, *, pool: Pool, connection: Connection
) -> None:
    """The second begins before the first commits, and goes as far as it does not wait."""

    async def alone() -> None:
        async with pool.transaction() as own:
            await second(own)

    async with pool.transaction() as own:
        await first(own)
        later = asyncio.create_task(alone())

        async def is_done_or_waits() -> bool:
            return later.done() or bool(await connection.fetchval(LOCKED))

        await eventually(is_done_or_waits)
    await later


async def answering(own: Connection, contact: Contact, member: Member, answer: str) -> None:
    if answer == "accepts":
        await commands.accept_contact(
            own, contact.id, member_id=member.id, now=NOW, cause=Cause.new()
        )
    else:
        await commands.decline_contact(
            own,
            contact.id,
            DeclineReason.OTHER,
            explanation=WORDS,
            member_id=member.id,
            now=NOW,
            cause=Cause.new(),
        )
