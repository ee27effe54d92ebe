"""Who locks several rows locks them in one order: of two at once one waits, and both are done."""

from uuid import UUID

import pytest
from listing_builders import a_listing, as_stored, asking, on
from listings_scene import (
    MEMBERS,
    NOW,
    ORGANISATIONS,
    TRACER,
    AMember,
    AnOrganisation,
    ATokenOf,
    Browser,
    some_organisations,
)
from lock_racing import AtOnce, Met
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings import erasure
from listings.contacts import commands as contacts
from listings.contacts.contact import Contact
from listings.contacts.storage import contact as stored_contact
from listings.csv_file import CsvRow
from listings.listing import commands
from listings.listing.listing import Listing
from listings.listing.unreachable import note_bounce
from listings.members.commands import join_organisation
from listings.members.deciding import approve_registration
from listings.members.importing import MemberRow
from listings.members.member import Member
from listings.members.registration import UnknownRegistration
from listings.organisations.organisation import Organisation
from schemas.vocabulary import DeclineReason, ListingStatus


class TestAContact:
    @pytest.mark.parametrize("reason", sorted(contacts.ENDS_THE_LISTING))
    async def test_is_declined_while_its_requester_asks_again(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
        reason: DeclineReason,
    ) -> None:
        firm = await an_organisation("Pumpenwerk GmbH", trusted=True)
        owner = await a_member("Olaf Owner", of=firm)
        asker = await a_member("Anna Asker", of=await an_organisation("Labor GmbH"))
        listing = await a_listing(connection, firm, "Dosierpumpen")
        contact = await asking(connection, listing, asker)

        async def asks_again(own: Connection) -> None:
            with pytest.raises(contacts.ContactAlreadyOpen):
                await asking(own, listing, asker)

        async def declines(own: Connection) -> None:
            await declining(own, contact, owner, reason)

        held = "select from listing where id = $1 for update"
        await at_once(asks_again, declines, held=held, row=listing.id)

        declined = await stored_contact(connection, contact.id)
        assert declined is not None
        assert declined.reason is reason

    async def test_may_be_asked_for_again_while_it_is_declined(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation("Pumpenwerk GmbH", trusted=True)
        owner = await a_member("Olaf Owner", of=firm)
        asker = await a_member("Anna Asker", of=await an_organisation("Labor GmbH"))
        listing = await a_listing(connection, firm, "Dosierpumpen")
        contact = await asking(connection, listing, asker)

        async def declines(own: Connection) -> None:
            await declining(own, contact, owner, DeclineReason.OUTDATED)

        async def asks_again(own: Connection) -> None:
            await asking(own, listing, asker)

        held = "select from listing where id = $1 for update"
        await at_once(declines, asks_again, held=held, row=listing.id)

        rows = await connection.fetch("select status from contact order by requested_at, id")
        assert [row["status"] for row in rows] == ["declined", "requested"]


class TestAnErasure:
    async def test_of_a_person_and_of_an_organisation_they_wrote_to_may_meet(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation("Pumpenwerk GmbH", trusted=True)
        anna = await a_member("Anna Asker", of=await an_organisation("Labor GmbH"))
        listings = [await a_listing(connection, firm, each) for each in ("Pumpen", "Ventile")]
        earlier, _ = [(await asking(connection, each, anna)).id for each in listings]
        # What changed last stands last in the table, whatever its id.
        await connection.execute("update contact set reminded_at = $2 where id = $1", earlier, NOW)

        async def erases_firm(own: Connection) -> None:
            await erasure.erase_organisation(
                own, firm.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        async def erases_anna(own: Connection) -> None:
            await erasure.erase_member(own, anna.id, tracer=TRACER, now=NOW, cause=Cause.new())

        held = "select from contact where id = $1 for update"
        await at_once(erases_firm, erases_anna, held=held, row=earlier)

        rows = await connection.fetch("select message, status from contact")
        assert {(row["message"], row["status"]) for row in rows} == {("", "lapsed")}
        assert await connection.fetchval("select count(*) from member") == 0

    async def test_of_an_organisation_waits_for_a_bounce_of_somebody_of_two(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        erased, other = await an_organisation("Eins GmbH"), await an_organisation(trusted=True)
        anna = await a_member("Anna Asker", of=erased)
        await join_organisation(connection, anna.id, other.id, now=NOW, cause=Cause.new())
        hidden = await a_listing(connection, other, visibility="anonymous")

        async def bounces(own: Connection) -> None:
            await note_bounce(own, anna.id, now=NOW, cause=Cause.new())

        async def erases(own: Connection) -> None:
            await erasure.erase_from_directory(
                own,
                erased.id,
                tracer=TRACER,
                public_url="http://exchange.test",
                now=NOW,
                cause=Cause.new(),
            )

        held = "select from member where id = $1 for update"
        await at_once(bounces, erases, held=held, row=anna.id)

        assert (await as_stored(connection, hidden.id)).status is ListingStatus.PAUSED
        assert await connection.fetchval("select count(*) from organisation") == 1

    @pytest.mark.parametrize("erased", ["organisation", "member"])
    async def test_ends_while_somebody_is_let_in(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
        erased: str,
    ) -> None:
        firm, anna = await an_organisation("Pumpenwerk GmbH"), await a_member("Anna Asker")
        wish = await wishing(connection, anna, firm)

        async def erases(own: Connection) -> None:
            erase, id_ = {
                "organisation": (erasure.erase_organisation, firm.id),
                "member": (erasure.erase_member, anna.id),
            }[erased]
            await erase(own, id_, tracer=TRACER, now=NOW, cause=Cause.new())

        async def approves(own: Connection) -> None:
            with pytest.raises(UnknownRegistration):
                await approve_registration(own, wish, by_colleague=False, occasion=on())

        held = f"select from {erased} where id = $1 for update"
        row = firm.id if erased == "organisation" else anna.id
        await at_once(erases, approves, held=held, row=row)

        assert await connection.fetchval(f"select count(*) from {erased}") == 0
        assert await connection.fetchval("select count(*) from joining") == 0


class TestAnApproval:
    async def test_of_a_new_organisation_waits_for_a_bounce_of_who_wished_for_it(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation("Pumpenwerk GmbH", trusted=True)
        anna = await a_member("Anna Asker", of=firm)
        hidden = await a_listing(connection, firm, "Pumpen", visibility="anonymous")
        wish = await wishing(connection, anna, None)

        async def bounces(own: Connection) -> None:
            await note_bounce(own, anna.id, now=NOW, cause=Cause.new())

        async def approves(own: Connection) -> None:
            await approve_registration(own, wish, by_colleague=False, occasion=on())

        held = "select from member where id = $1 for update"
        await at_once(bounces, approves, held=held, row=anna.id)

        assert (await as_stored(connection, hidden.id)).status is ListingStatus.PAUSED
        assert await connection.fetchval("select count(*) from joining") == 0
        assert await connection.fetchval("select count(*) from membership") == 2


class TestAnImport:
    async def test_of_organisations_ends_while_somebody_of_several_is_erased(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firms = [await an_organisation("Eins GmbH"), await an_organisation("Zwei GmbH")]
        earlier, later = sorted(firm.id for firm in firms)
        anna = await a_member("Anna Asker")
        for firm, external_id in ((earlier, "org-3"), (later, "org-2")):
            await join_organisation(connection, anna.id, firm, now=NOW, cause=Cause.new())
            await connection.execute(
                "update organisation set external_id = $2 where id = $1", firm, external_id
            )

        async def erases(own: Connection) -> None:
            await erasure.erase_member(own, anna.id, tracer=TRACER, now=NOW, cause=Cause.new())

        async def imports(own: Connection) -> None:
            rows = some_organisations("Zwei neu", "Eins neu")
            await ORGANISATIONS.take_in(own, rows, now=NOW, cause=Cause.new())

        held = "select from organisation where id = $1 for update"
        await at_once(erases, imports, held=held, row=earlier)

        names = await connection.fetch("select name from organisation order by name")
        assert [row["name"] for row in names] == ["Eins neu", "Zwei neu"]
        assert await connection.fetchval("select count(*) from member") == 0

    async def test_of_members_ends_while_their_organisation_is_erased(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation("Pumpenwerk GmbH")
        anna, bert = await a_member("Anna Asker"), await a_member("Bert Owner", of=firm)
        await connection.execute("update organisation set external_id = name")
        await connection.execute("update member set external_id = name")
        rows = [
            MemberRow(
                external_id=member.name,
                organisation_external_id=firm.name,
                name=f"{member.name}-Ott",
                email=member.email,
            )
            for member in (anna, bert)
        ]

        async def imports(own: Connection) -> None:
            lines = [CsvRow(line=line, value=row) for line, row in enumerate(rows, start=2)]
            await MEMBERS.take_in(own, lines, now=NOW, cause=Cause.new())

        async def erases(own: Connection) -> None:
            await erasure.erase_organisation(
                own, firm.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        held = "select from member where id = $1 for update"
        await at_once(imports, erases, held=held, row=bert.id)

        names = await connection.fetch("select name from member order by name")
        assert [row["name"] for row in names] == ["Anna Asker-Ott", "Bert Owner-Ott"]
        assert await connection.fetchval("select count(*) from membership") == 0


class TestAConfirmation:
    async def test_of_two_listings_at_once_shows_both_that_paused(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation(trusted=True)
        anna = await a_member("Anna Asker", of=firm)
        listings = [await a_listing(connection, firm, each) for each in ("Pumpen", "Ventile")]
        await bouncing(connection, anna)

        async def confirms(own: Connection, listing: Listing) -> None:
            await commands.confirm_listing(own, listing.id, on())

        held = "select from unreachable_pause where organisation_id = $1 for update"
        await at_once(
            lambda own: confirms(own, listings[0]),
            lambda own: confirms(own, listings[1]),
            held=held,
            row=firm.id,
        )

        statuses = {(await as_stored(connection, each.id)).status for each in listings}
        assert statuses == {ListingStatus.PUBLISHED}

    async def test_of_two_listings_at_once_is_answered_to_programs_too(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        a_token_of: ATokenOf,
        browser: Browser,
        met: Met,
    ) -> None:
        firm = await an_organisation(trusted=True)
        anna = await a_member("Anna Asker", of=firm)
        listings = [await a_listing(connection, firm, each) for each in ("Pumpen", "Ventile")]
        await bouncing(connection, anna)
        # A token notes its day of use: with one for both the second would wait for that.
        tokens = [await a_token_of(anna) for _ in listings]
        answers = []

        async def confirms(listing: Listing, headers: dict[str, str]) -> None:
            path = f"/api/v1/listings/{listing.id}/confirm"
            answers.append((await browser.http.post(path, headers=headers)).status_code)

        held = "select from member where id = $1 for update"
        await met(*map(confirms, listings, tokens), held=held, row=anna.id)

        assert answers == [200, 200]

    async def test_waits_for_a_bounce_of_its_owner(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        at_once: AtOnce,
    ) -> None:
        firm = await an_organisation(trusted=True)
        anna = await a_member("Anna Asker", of=firm)
        shown, paused = [await a_listing(connection, firm, each) for each in ("Pumpen", "Ventile")]
        await bouncing(connection, anna)
        async with connection.transaction():
            await commands.resume_listing(connection, shown.id, on())

        async def bounces(own: Connection) -> None:
            await note_bounce(own, anna.id, now=NOW, cause=Cause.new())

        async def confirms(own: Connection) -> None:
            await commands.confirm_listing(own, shown.id, on())

        held = "select from member where id = $1 for update"
        await at_once(bounces, confirms, held=held, row=anna.id)

        statuses = {(await as_stored(connection, each.id)).status for each in (shown, paused)}
        assert statuses == {ListingStatus.PUBLISHED}


async def wishing(
    connection: Connection, member: Member, organisation: Organisation | None
) -> UUID:
    """For an organisation of the directory, or for a new one."""
    wish = uuid7()
    await connection.execute(
        "insert into joining (id, name, email, language, organisation_id, organisation_name,"
        " organisation_kind, organisation_size_class, organisation_postcode, requested_at,"
        " verified_at, member_id)"
        " values ($1, $2, $3, 'de', $4, $5, 'company', 'small', '18055', $6, $6, $7)",
        wish,
        member.name,
        member.email,
        organisation and organisation.id,
        organisation.name if organisation else "Neuwerk Labortechnik GmbH",
        NOW,
        member.id,
    )
    return wish


async def declining(
    connection: Connection, contact: Contact, owner: Member, reason: DeclineReason
) -> Contact:
    return await contacts.decline_contact(
        connection,
        contact.id,
        reason,
        explanation="",
        member_id=owner.id,
        now=NOW,
        cause=Cause.new(),
    )


async def bouncing(connection: Connection, member: Member) -> None:
    async with connection.transaction():
        await note_bounce(connection, member.id, now=NOW, cause=Cause.new())
