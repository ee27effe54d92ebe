"""The last one is gone: what nobody answers for pauses, and nobody is asked to say yes to them."""

from collections.abc import Awaitable, Callable

import pytest
from listing_builders import a_listing, as_stored, asking, said
from listings_scene import NOW, TRACER, AMember, AnOrganisation, Browser, Published

from chassis.cause import Cause
from chassis.database import Connection
from listings import erasure, leaving
from listings.contacts.contact import Contact
from listings.listing.listing import Listing
from listings.members import reachability
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisations_of
from schemas.contact import ContactAccepted, ContactLapsed
from schemas.vocabulary import ListingStatus, Role

Departs = Callable[[Connection, Member], Awaitable[None]]


async def leaves(connection: Connection, member: Member) -> None:
    async with connection.transaction():
        await leaving.end_membership(
            connection, member.id, member.organisation_ids[0], now=NOW, cause=Cause.new()
        )


async def is_erased(connection: Connection, member: Member) -> None:
    async with connection.transaction():
        await erasure.erase_member(connection, member.id, tracer=TRACER, now=NOW, cause=Cause.new())


departing = pytest.mark.parametrize("departs", [leaves, is_erased])


@pytest.fixture
async def firm(an_organisation: AnOrganisation) -> Organisation:
    return await an_organisation("Warnow Pumpen GmbH", trusted=True)


@pytest.fixture
async def britta(a_member: AMember, firm: Organisation) -> Member:
    return await a_member("Britta Sommer", of=firm)


@pytest.fixture
async def listing(connection: Connection, firm: Organisation) -> Listing:
    return await a_listing(connection, firm)


@pytest.fixture
async def olaf(an_organisation: AnOrganisation, a_member: AMember) -> Member:
    """Of another organisation, asked by Britta."""
    return await a_member("Olaf Owner", of=await an_organisation("Labor Ost GmbH", trusted=True))


@pytest.fixture
async def asked(connection: Connection, britta: Member, olaf: Member) -> Contact:
    """What Britta wrote to Olaf, who has not answered yet."""
    (owner,) = await organisations_of(connection, olaf.organisation_ids)
    return await asking(connection, await a_listing(connection, owner, "Zentrifugen"), britta)


class TestListings:
    @departing
    async def test_pause_with_the_last_one_and_not_before(
        self,
        *,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        listing: Listing,
        departs: Departs,
    ) -> None:
        eva = await a_member("Eva Ott", of=firm)

        await departs(connection, eva)
        one_left = (await as_stored(connection, listing.id)).status
        await departs(connection, britta)

        assert one_left is ListingStatus.PUBLISHED
        assert (await as_stored(connection, listing.id)).status is ListingStatus.PAUSED
        assert (await said(connection))[-3:] == [
            "listing.state.v1",
            "public.listing.closed.v1",
            "public.listing.state.v1 gone",
        ]

    async def test_pause_where_no_mail_reaches_whoever_is_left(
        self,
        *,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        listing: Listing,
    ) -> None:
        eva = await a_member("Eva Ott", of=firm)
        await reachability.mark_unreachable(connection, eva.id, since=NOW)

        await browser.sign_in(britta).send(f"/my/organisations/{firm.id}/leave")

        assert (await as_stored(connection, listing.id)).status is ListingStatus.PAUSED

    async def test_moderators_see_whom_to_call_until_somebody_new_confirms(
        self,
        *,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        listing: Listing,
    ) -> None:
        moderator = await a_member("Mo", roles=frozenset({Role.MODERATOR}))
        await leaves(connection, britta)

        told = await browser.sign_in(moderator).open("/moderation")
        own = f"/my/listings/{listing.id}"
        to_newcomer = await browser.sign_in(await a_member("Nora Neu", of=firm)).open(own)
        await browser.send(f"{own}/confirm", form_page=own)
        after = await browser.sign_in(moderator).open("/moderation")

        assert "Warnow Pumpen GmbH: 1 Eintrag pausiert" in told.text
        assert "oder niemand spricht mehr für sie" in told.text
        assert "Ihre Organisation war nicht zu erreichen" in to_newcomer.text
        assert "Warnow Pumpen" not in after.text
        assert (await as_stored(connection, listing.id)).status is ListingStatus.PUBLISHED


class TestWhatTheyAsked:
    async def test_is_answered_to_a_colleague_who_is_named_instead(
        self,
        *,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        olaf: Member,
        asked: Contact,
        published: Published,
    ) -> None:
        eva = await a_member("Eva Ott", of=firm)
        await leaves(connection, britta)
        path = f"/my/contacts/{asked.id}"

        await browser.sign_in(olaf).send(f"{path}/accept", form_page=path)
        page = await browser.open(path)

        (payload,) = await published("contact.accepted")
        accepted = ContactAccepted.model_validate_json(payload)
        assert (accepted.requester.member_id, accepted.requester.email) == (eva.id, eva.email)
        assert eva.id in accepted.subjects()
        assert eva.email in page.text
        assert "Britta" not in payload + page.text

    async def test_names_a_colleague_also_where_the_yes_came_before(
        self,
        *,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        olaf: Member,
        asked: Contact,
    ) -> None:
        eva = await a_member("Eva Ott", of=firm)
        path = f"/my/contacts/{asked.id}"
        await browser.sign_in(olaf).send(f"{path}/accept", form_page=path)

        before = await browser.open(path)
        await leaves(connection, britta)
        after = await browser.open(path)

        assert britta.email in before.text
        assert eva.email in after.text
        assert britta.email not in after.text

    @departing
    async def test_is_over_with_the_last_one_whoever_of_them_wrote(
        self,
        *,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        firm: Organisation,
        britta: Member,
        olaf: Member,
        asked: Contact,
        published: Published,
        departs: Departs,
    ) -> None:
        eva = await a_member("Eva Ott", of=firm)
        await leaves(connection, britta)
        still_open = await published("contact.lapsed")

        await departs(connection, eva)
        page = await browser.sign_in(olaf).open(f"/my/contacts/{asked.id}")

        (payload,) = await published("contact.lapsed")
        assert still_open == []
        assert ContactLapsed.model_validate_json(payload).contact_id == asked.id
        assert "Eine der beiden Seiten ist nicht mehr dabei." in page.text
        assert "Ja, Kontakt aufnehmen" not in page.text

    async def test_of_them_by_others_may_still_be_answered(
        self,
        connection: Connection,
        olaf: Member,
        asked: Contact,
    ) -> None:
        await leaves(connection, olaf)

        status = "select status from contact where id = $1"
        assert await connection.fetchval(status, asked.id) == "requested"
