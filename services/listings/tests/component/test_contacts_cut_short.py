"""One side of a contact is erased: the other waits no longer, and reads why."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from listing_builders import a_listing
from listings_scene import NOW, TRACER, AMember, AnOrganisation, Browser, Published

from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.sweeps import Sweeper
from listings import erasure
from listings.contacts import commands
from listings.members.member import Member
from listings.sweeps import sweeps
from schemas.contact import ContactLapsed

MESSAGE = "Wir suchen zwölf Dosierpumpen bis Ende März. Können Sie liefern?"
GONE = "Eine der beiden Seiten ist nicht mehr dabei."
TOO_LATE = "Die Frist ist abgelaufen"


@dataclass
class Sides:
    """An unanswered contact with two people on the asking side."""

    contact_id: UUID
    asker: Member
    colleague: Member
    owner: Member


@pytest.fixture
async def sides(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> Sides:
    owning = await an_organisation("Dosiertechnik Warnow GmbH", trusted=True)
    asking = await an_organisation("Labor Ostsee GmbH")
    asker = await a_member("Anna Asker", of=asking)
    contact = await commands.request_contact(
        connection,
        listing_id=(await a_listing(connection, owning, "Dosierpumpen")).id,
        organisation_id=asking.id,
        member_id=asker.id,
        message=MESSAGE,
        names_itself=True,
        a_day=5,
        now=NOW,
        cause=Cause.new(),
    )
    return Sides(
        contact_id=contact.id,
        asker=asker,
        colleague=await a_member("Karl Kollege", of=asking),
        owner=await a_member("Olaf Owner", of=owning),
    )


async def erased(connection: Connection, member: Member) -> None:
    async with connection.transaction():
        await erasure.erase_member(
            connection, member.id, tracer=TRACER, now=NOW + timedelta(days=2), cause=Cause.new()
        )


async def erased_organisation(connection: Connection, organisation_id: UUID) -> None:
    async with connection.transaction():
        await erasure.erase_organisation(
            connection, organisation_id, tracer=TRACER, now=NOW, cause=Cause.new()
        )


async def swept(pool: Pool, *, after_days: float) -> None:
    now = NOW + timedelta(days=after_days)
    await Sweeper(sweeps, pool=pool, clock=lambda: now, every_seconds=60).run_once(now)


class TestWhoeverAskedIsErased:
    async def test_the_owner_is_asked_no_more(
        self, sides: Sides, connection: Connection, pool: Pool, published: Published
    ) -> None:
        await erased(connection, sides.asker)

        await swept(pool, after_days=6)

        (payload,) = await published("contact.lapsed")
        lapsed = ContactLapsed.model_validate_json(payload)
        assert lapsed.contact_id == sides.contact_id
        assert await published("contact.answer_due") == []

    async def test_both_sides_read_why_and_nothing_is_left_to_press(
        self, sides: Sides, connection: Connection, browser: Browser
    ) -> None:
        await erased(connection, sides.asker)

        pages = [
            await browser.sign_in(reader).open(f"/my/contacts/{sides.contact_id}")
            for reader in (sides.owner, sides.colleague)
        ]

        assert [page.status_code for page in pages] == [200, 200]
        assert all(GONE in page.text and TOO_LATE not in page.text for page in pages)
        nothing_left = ("Ja, Kontakt aufnehmen", "Labor Ostsee GmbH schreibt", "Ihre Nachricht")
        assert not any(words in page.text for page in pages for words in nothing_left)

    async def test_what_a_colleague_asked_goes_on(
        self, sides: Sides, connection: Connection, browser: Browser
    ) -> None:
        await erased(connection, sides.colleague)

        page = await browser.sign_in(sides.owner).open(f"/my/contacts/{sides.contact_id}")

        assert "Ja, Kontakt aufnehmen" in page.text


class TestAnOrganisationIsErased:
    @pytest.mark.parametrize("owns", [True, False])
    async def test_the_other_side_reads_that_it_is_gone(
        self, sides: Sides, connection: Connection, browser: Browser, *, owns: bool
    ) -> None:
        gone, left = (sides.owner, sides.asker) if owns else (sides.asker, sides.owner)
        await erased_organisation(connection, gone.organisation_ids[0])

        page = await browser.sign_in(left).open(f"/my/contacts/{sides.contact_id}")

        assert GONE in page.text
        assert TOO_LATE not in page.text


class TestNobodyIsErased:
    async def test_silence_is_still_called_silence(
        self, sides: Sides, pool: Pool, browser: Browser
    ) -> None:
        await swept(pool, after_days=5)
        await swept(pool, after_days=21)

        page = await browser.sign_in(sides.asker).open(f"/my/contacts/{sides.contact_id}")

        assert TOO_LATE in page.text
        assert GONE not in page.text
