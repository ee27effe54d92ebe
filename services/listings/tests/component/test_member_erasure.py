"""Erasing a member or an organisation leaves its name in no table, and tombstones behind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from listing_builders import WRITTEN, a_draft, a_listing, on, said
from listings_scene import NOW, TRACER, AMember, AnOrganisation, ATokenOf, Browser, Clock, Published

from chassis.cause import Cause
from chassis.database import Connection
from listings import erasure
from listings.contacts.commands import decline_contact, request_contact
from listings.contacts.contact import Contact
from listings.listing import commands, review
from listings.listing.listing import Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation, UnknownOrganisation
from schemas.listing import ListingClosed
from schemas.member import MemberState
from schemas.vocabulary import ClosingAnswer, DeclineReason, RejectionReason

NAME = "Warnowblau"
"""Stands in every text that the erased organisation or its people wrote."""


async def tables_with(connection: Connection, text: str) -> dict[str, int]:
    """How many rows of which tables hold the text, in any column, as text or as bytes."""
    tables = await connection.fetch(
        "select format('%I', table_name) as name from information_schema.tables"
        " where table_schema = 'public' and table_type = 'BASE TABLE'"
    )
    found = {}
    for table in (row["name"] for row in tables):
        count = await connection.fetchval(
            f"select count(*) from {table} as row where row::text ilike '%' || $1 || '%'"
            " or row::text like '%' || $2 || '%'",
            text,
            text.encode().hex(),
        )
        if count:
            found[table] = count
    return found


@dataclass
class Lived:
    """An organisation that did everything one can do here, and the other side of its contacts."""

    firm: Organisation
    member: Member
    partner: Member


@pytest.fixture
async def lived(
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
    clock: Clock,
) -> Lived:
    firm = await an_organisation(f"{NAME} Pumpen GmbH", trusted=True)
    other = await an_organisation("Labor Ost GmbH", trusted=True)
    member = await a_member("Britta Sommer", of=firm)
    partner = await a_member("Paul Partner", of=other)
    await _listings_in_every_status(connection, firm)
    offered = await a_listing(connection, firm, f"Pumpen von {NAME}")
    wanted = await a_listing(connection, other, "Zentrifugen")
    asking = _asking(connection, clock)
    await asking(offered, partner, f"Liebe {NAME} GmbH!")
    answered = await asking(wanted, member, f"Hier ist {NAME}, guten Tag.")
    await decline_contact(
        connection,
        answered.id,
        DeclineReason.OTHER,
        explanation=f"{NAME} ist uns zu teuer.",
        member_id=partner.id,
        now=clock(),
        cause=Cause.new(),
    )
    return Lived(firm=firm, member=member, partner=partner)


async def _listings_in_every_status(connection: Connection, firm: Organisation) -> None:
    await a_draft(connection, firm, f"Entwurf von {NAME}")
    ended = await a_listing(connection, firm, f"Filter von {NAME}", visibility="anonymous")
    async with connection.transaction():
        await commands.withdraw_listing(connection, ended.id, ClosingAnswer.FOUND_HERE, on())
    await connection.execute("update organisation set is_trusted = false where id = $1", firm.id)
    refused = await a_listing(connection, firm, f"Abgelehntes von {NAME}")
    async with connection.transaction():
        await review.reject_listing(
            connection,
            refused.id,
            RejectionReason.INCOMPLETE,
            rule=f"{NAME} nennt keine Menge.",
            appeal_to="beschwerde@cluster.example",
            moderator_id=uuid4(),
            occasion=on(),
        )
    await connection.execute("update organisation set is_trusted = true where id = $1", firm.id)


def _asking(connection: Connection, clock: Clock) -> Callable[..., Awaitable[Contact]]:
    async def ask(listing: Listing, asker: Member, message: str) -> Contact:
        return await request_contact(
            connection,
            listing_id=listing.id,
            organisation_id=asker.organisation_ids[0],
            member_id=asker.id,
            message=message,
            names_itself=True,
            a_day=5,
            now=clock(),
            cause=Cause.new(),
        )

    return ask


async def erase(connection: Connection, organisation_id: UUID) -> None:
    async with connection.transaction():
        await erasure.erase_organisation(
            connection, organisation_id, tracer=TRACER, now=NOW, cause=Cause.new()
        )


class TestOrganisation:
    async def test_its_name_is_in_no_table_any_more(
        self, connection: Connection, lived: Lived, browser: Browser, a_token_of: ATokenOf
    ) -> None:
        headers = await a_token_of(lived.member) | {"Idempotency-Key": "1"}
        posted = WRITTEN | {"title": f"Ventile von {NAME}"}
        answer = await browser.http.post("/api/v1/listings", json=posted, headers=headers)
        before = await tables_with(connection, NAME)

        await erase(connection, lived.firm.id)

        assert answer.status_code == 201
        assert before.keys() == {
            "organisation",
            "listing",
            "contact",
            "moderation_decision",
            "outbox",
            "idempotent_answer",
        }
        assert await tables_with(connection, NAME) == {}

    async def test_its_listings_end_and_everybody_deletes_what_they_hold(
        self, connection: Connection, lived: Lived, published: Published
    ) -> None:
        live = await connection.fetchval(
            "select count(*) from listing where status = 'published' and organisation_id = $1",
            lived.firm.id,
        )

        await erase(connection, lived.firm.id)

        closed = [
            ListingClosed.model_validate_json(payload)
            for payload in await published("listing.closed")
            if payload
        ]
        assert [(each.reason, each.title) for each in closed] == [("erased", "")] * live
        assert (await said(connection)).count("listing.state.v1 gone") >= live
        assert (await said(connection)).count("public.listing.state.v1 gone") >= live
        assert (await published("organisation.state"))[-1] == ""
        assert await connection.fetchval(
            "select count(*) from gravestone where name = 'organisation.state' and id = $1",
            lived.firm.id,
        )

    async def test_its_people_stay_and_act_for_it_no_more(
        self, connection: Connection, lived: Lived, published: Published
    ) -> None:
        await erase(connection, lived.firm.id)

        state = MemberState.model_validate_json((await published("member.state"))[-1])
        assert (state.member_id, state.organisation_ids) == (lived.member.id, ())

    async def test_the_other_side_of_a_contact_can_still_look_and_waits_no_longer(
        self, connection: Connection, lived: Lived, browser: Browser
    ) -> None:
        await erase(connection, lived.firm.id)

        browser.sign_in(lived.partner)
        contacts = await connection.fetch("select id, status from contact order by requested_at")
        pages = [await browser.open(f"/my/contacts/{row['id']}") for row in contacts]
        overview = await browser.open("/my/contacts")

        assert {row["status"] for row in contacts} == {"lapsed", "declined"}
        assert {page.status_code for page in (*pages, overview)} == {200}

    async def test_happens_once(self, connection: Connection, lived: Lived) -> None:
        await erase(connection, lived.firm.id)

        with pytest.raises(UnknownOrganisation):
            await erase(connection, lived.firm.id)

    async def test_of_others_is_left_alone(self, connection: Connection, lived: Lived) -> None:
        await erase(connection, lived.firm.id)

        assert await tables_with(connection, "Labor Ost")
        assert (
            await connection.fetchval(
                "select status from listing where organisation_id = $1",
                lived.partner.organisation_ids[0],
            )
            == "published"
        )


class TestMember:
    async def test_an_api_token_is_worth_nothing_any_more(
        self, connection: Connection, lived: Lived, browser: Browser, a_token_of: ATokenOf
    ) -> None:
        bearer = await a_token_of(lived.member)
        before = await browser.http.post("/api/v1/listings", json=WRITTEN, headers=bearer)

        async with connection.transaction():
            await erasure.erase_member(
                connection, lived.member.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        after = await browser.http.post("/api/v1/listings", json=WRITTEN, headers=bearer)
        assert (before.status_code, after.status_code) == (201, 401)

    async def test_name_address_and_words_are_in_no_table_any_more(
        self, connection: Connection, lived: Lived, browser: Browser
    ) -> None:
        browser.sign_in(lived.member)
        before = await browser.open("/my/listings")

        async with connection.transaction():
            await erasure.erase_member(
                connection, lived.member.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        after = await browser.open("/my/listings")
        assert (before.status_code, after.status_code) == (200, 303)
        for words in ("Britta Sommer", lived.member.email, "guten Tag"):
            assert await tables_with(connection, words) == {}
        assert f"Pumpen von {NAME}" in (await browser.open("/listings")).text
