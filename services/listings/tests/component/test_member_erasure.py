"""Erasing a member or an organisation leaves its name in no table, and tombstones behind."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from listing_builders import (
    LABORATORY,
    WRITTEN,
    a_draft,
    a_listing,
    as_stored,
    content,
    on,
    said,
)
from listings_scene import NOW, TRACER, AMember, AnOrganisation, ATokenOf, Browser, Clock, Published
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings import erasure
from listings.contacts.commands import decline_contact, request_contact
from listings.contacts.contact import Contact
from listings.csv_file import CsvRow
from listings.listing import commands, review
from listings.listing.importing import listings_import
from listings.listing.listing import Listing
from listings.listing.listing_row import ListingRow
from listings.members.member import Member
from listings.organisations.organisation import Organisation, UnknownOrganisation
from schemas.listing import ListingClosed
from schemas.member import MemberState
from schemas.vocabulary import ClosingAnswer, DeclineReason, ListingStatus, RejectionReason, Role

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
            read=refused.revision,
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
        assert any("Anfrage zu einem gelöschten Eintrag</h1>" in page.text for page in pages)
        assert "Gelöschter Eintrag" in overview.text

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


Writer = Callable[[Connection, Lived], Awaitable[UUID]]


async def posts(connection: Connection, lived: Lived) -> UUID:
    draft = await commands.draft_listing(
        connection,
        content(f"Spätes von {NAME}"),
        organisation_id=lived.firm.id,
        member_id=lived.member.id,
        now=NOW,
    )
    return (await commands.submit_listing(connection, draft.id, on())).id


async def imports(connection: Connection, lived: Lived) -> UUID:
    kind = listings_import((LABORATORY,), public_url="http://exchange.test", publishes=True)
    named = {"external_id": "l-1", "organisation_external_id": "org-1"}
    row = ListingRow.model_validate(WRITTEN | named)
    await kind.take_in(connection, [CsvRow(line=2, value=row)], now=NOW, cause=Cause.new())
    found = await connection.fetchval("select id from listing where external_id = 'l-1'")
    return UUID(str(found))


async def narrows(connection: Connection, lived: Lived) -> UUID:
    listing_id = await connection.fetchval(
        "select id from listing where organisation_id = $1 and status = 'published'", lived.firm.id
    )
    narrower = content(f"Nur für Mitglieder von {NAME}", visibility="cluster")
    return (await commands.revise_listing(connection, listing_id, narrower, on())).id


class TestWhileSomebodyWrites:
    """An erasure and whoever writes for the organisation wait for each other, nobody misses one."""

    @pytest.fixture(autouse=True)
    async def _is_in_the_directory(self, connection: Connection, lived: Lived) -> None:
        await connection.execute(
            "update organisation set external_id = 'org-1' where id = $1", lived.firm.id
        )

    @pytest.mark.parametrize("write", [posts, imports, narrows])
    async def test_what_was_not_yet_committed_is_erased_too(
        self, pool: Pool, connection: Connection, lived: Lived, browser: Browser, write: Writer
    ) -> None:
        async with pool.transaction() as writing:
            listing_id = await write(writing, lived)
            erasing = asyncio.create_task(erased(pool, lived.firm.id))
            await eventually(lambda: somebody_waits(connection))
        await erasing

        paths = ("/", "/listings", "/api/v1/listings")
        pages = [await browser.open(path) for path in paths]
        assert (await as_stored(connection, listing_id)).status is ListingStatus.CLOSED
        assert await tables_with(connection, NAME) == {}
        assert {page.status_code for page in pages} == {200}

    @pytest.mark.parametrize("asks", [True, False])
    async def test_what_is_just_being_asked_is_answered_and_forgotten(
        self,
        *,
        pool: Pool,
        connection: Connection,
        lived: Lived,
        an_organisation: AnOrganisation,
        clock: Clock,
        asks: bool,
    ) -> None:
        third = await an_organisation("Dritte GmbH", trusted=True)
        owner, asker = (third, lived.member) if asks else (lived.firm, lived.partner)
        listing = await a_listing(connection, owner, "Ventile")

        async with pool.transaction() as writing:
            contact = await _asking(writing, clock)(listing, asker, f"Guten Tag, {NAME}!")
            erasing = asyncio.create_task(erased(pool, lived.firm.id))
            await eventually(lambda: somebody_waits(connection))
        await erasing

        status = await connection.fetchval("select status from contact where id = $1", contact.id)
        assert status == "lapsed"
        assert await tables_with(connection, NAME) == {}

    async def test_whoever_comes_later_finds_no_organisation(
        self,
        pool: Pool,
        connection: Connection,
        lived: Lived,
        browser: Browser,
        a_token_of: ATokenOf,
    ) -> None:
        headers = await a_token_of(lived.member)
        before = await connection.fetchval("select count(*) from listing")

        async with pool.transaction() as erasing:
            await erasure.erase_organisation(
                erasing, lived.firm.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )
            posting = asyncio.create_task(
                browser.http.post("/api/v1/listings", json=WRITTEN, headers=headers)
            )
            await eventually(lambda: somebody_waits(connection))

        assert (await posting).status_code == 404
        assert await connection.fetchval("select count(*) from listing") == before

    async def test_a_member_and_their_organisation_can_be_erased_at_once(
        self, pool: Pool, connection: Connection, lived: Lived
    ) -> None:
        async with pool.transaction() as erasing:
            await erasure.erase_member(
                erasing, lived.member.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )
            other = asyncio.create_task(erased(pool, lived.firm.id))
            await eventually(lambda: somebody_waits(connection))
        await other

        assert await tables_with(connection, NAME) == {}

    async def test_lists_go_on_without_a_listing_whose_organisation_is_gone(
        self, connection: Connection, lived: Lived, browser: Browser, a_member: AMember
    ) -> None:
        await connection.execute("delete from membership")
        await connection.execute("delete from organisation where id = $1", lived.firm.id)
        browser.sign_in(await a_member("Mona Moderat", roles=frozenset({Role.MODERATOR})))

        paths = ("/", "/listings", "/api/v1/listings", "/moderation")
        pages = [await browser.open(path) for path in paths]

        assert [page.status_code for page in pages] == [200] * len(pages)
        assert all("Zentrifugen" in page.text for page in pages[:3])
        assert not any(f"Pumpen von {NAME}" in page.text for page in pages)


async def erased(pool: Pool, organisation_id: UUID) -> None:
    async with pool.transaction() as own:
        await erasure.erase_organisation(
            own, organisation_id, tracer=TRACER, now=NOW, cause=Cause.new()
        )


async def somebody_waits(connection: Connection) -> bool:
    return bool(await connection.fetchval(LOCKED))


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
        self, connection: Connection, lived: Lived, browser: Browser, a_member: AMember
    ) -> None:
        await a_member("Karl Kollege", of=lived.firm)
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
