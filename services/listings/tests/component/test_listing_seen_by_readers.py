"""One listing before different readers: the owner sees what is hidden, a visitor may sign in."""

import pytest
from listing_builders import a_draft, a_listing, on
from listings_scene import NOW, AMember, AnOrganisation, ATokenOf, Browser

from chassis.cause import Cause
from chassis.database import Connection
from listings import leaving
from listings.listing import commands
from listings.listing.listing import Listing
from schemas.vocabulary import Role, Visibility

NAME = "Geheimlabor Warnow GmbH"
OTHERS = "Labor Ostsee GmbH"
OWNERS = "Hygienewerk Rostock GmbH"
HIDDEN = "Den Namen nennt die Organisation, wenn sie Ihre Anfrage annimmt."


class TestAnonymous:
    async def test_hides_its_owner_from_the_owner_and_not_from_moderators(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(NAME, trusted=True)
        listing = await a_listing(connection, organisation, visibility=Visibility.ANONYMOUS)
        owner = await a_member(of=organisation)
        moderator = await a_member("Mo", roles=frozenset({Role.MODERATOR}))
        path = f"/listings/{listing.id}"

        to_owner = await browser.sign_in(owner).open(path)
        to_moderator = await browser.sign_in(moderator).open(path)

        assert not any(word in to_owner.text for word in (NAME, "18055", "Rostock"))
        assert HIDDEN in to_owner.text
        assert "Meinen Eintrag verwalten" in to_owner.text
        assert NAME in to_moderator.text

    async def test_is_no_secret_of_a_listing_that_names_its_owner(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(NAME, trusted=True)
        listing = await a_listing(connection, organisation)
        browser.sign_in(await a_member(of=organisation))

        assert NAME in (await browser.open(f"/listings/{listing.id}")).text


class TestPaused:
    @pytest.mark.parametrize("visibility", list(Visibility))
    async def test_whoever_saw_it_reads_that_it_rests(
        self,
        *,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        visibility: Visibility,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        listing = await a_listing(connection, organisation, "Pumpen", visibility=visibility)
        async with connection.transaction():
            await commands.pause_listing(connection, listing.id, on())

        visitor = await browser.open(f"/listings/{listing.id}")
        other = await a_member(of=await an_organisation(OTHERS))
        member = await browser.sign_in(other).open(f"/listings/{listing.id}")

        is_secret = visibility is Visibility.CLUSTER
        assert (visitor.status_code, member.status_code) == (404, 404)
        assert ("pausiert gerade" in visitor.text) is not is_secret
        assert "pausiert gerade" in member.text
        assert "Pumpen" not in visitor.text + member.text


class TestForMembersOnly:
    @pytest.fixture
    async def listing(self, connection: Connection, an_organisation: AnOrganisation) -> Listing:
        organisation = await an_organisation(OWNERS, trusted=True)
        return await a_listing(connection, organisation, visibility=Visibility.CLUSTER)

    async def test_a_visitor_signs_in_and_then_sees_it(
        self,
        browser: Browser,
        a_member: AMember,
        an_organisation: AnOrganisation,
        listing: Listing,
    ) -> None:
        path = f"/listings/{listing.id}"

        visitor = await browser.open(path)
        browser.sign_in(await a_member(of=await an_organisation(OTHERS)))
        member = await browser.open(path)

        assert visitor.status_code == 303
        assert visitor.headers["location"] == f"/sign-in?next=%2Flistings%2F{listing.id}"
        assert visitor.headers["cache-control"] == "no-store"
        assert listing.content.title not in visitor.text
        assert listing.content.title in member.text

    async def test_whoever_only_verified_an_address_reads_how_to_get_in(
        self, browser: Browser, a_member: AMember, listing: Listing
    ) -> None:
        browser.sign_in(await a_member())

        page = await browser.open(f"/listings/{listing.id}")
        contact = await browser.open(f"/listings/{listing.id}/contact")
        lists = [await browser.open(path) for path in ("/", "/listings", "/listings?q=Pumpe")]

        assert (page.status_code, contact.status_code) == (403, 403)
        assert "Diesen Eintrag sieht nur, wer für eine Organisation spricht." in page.text
        assert "Meine Organisationen" in page.text
        for shown in (page, contact, *lists):
            assert listing.content.title not in shown.text
            assert OWNERS not in shown.text
        assert not any("(1)" in shown.text for shown in lists)

    async def test_whoever_left_sees_it_no_more(
        self,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        an_organisation: AnOrganisation,
        listing: Listing,
    ) -> None:
        organisation = await an_organisation(OTHERS)
        member = await a_member(of=organisation)
        path = f"/listings/{listing.id}"

        before = await browser.sign_in(member).open(path)
        async with connection.transaction():
            await leaving.end_membership(
                connection, member.id, organisation.id, now=NOW, cause=Cause.new()
            )
        after = await browser.open(path)

        assert (before.status_code, after.status_code) == (200, 403)

    @pytest.mark.parametrize("role", [Role.MODERATOR, Role.BROKER, Role.ADMIN])
    async def test_operators_need_no_organisation(
        self, browser: Browser, a_member: AMember, listing: Listing, role: Role
    ) -> None:
        browser.sign_in(await a_member(roles=frozenset({role})))

        page = await browser.open(f"/listings/{listing.id}")
        found = await browser.open("/listings")

        assert page.status_code == 200
        assert listing.content.title in found.text

    async def test_while_it_rests_it_stays_unknown_to_whoever_never_saw_it(
        self, browser: Browser, connection: Connection, a_member: AMember, listing: Listing
    ) -> None:
        async with connection.transaction():
            await commands.pause_listing(connection, listing.id, on())

        page = await browser.sign_in(await a_member()).open(f"/listings/{listing.id}")

        assert page.status_code == 404
        assert "pausiert gerade" not in page.text

    async def test_a_token_shows_it_to_whoever_belongs_and_to_nobody_else(
        self,
        browser: Browser,
        a_member: AMember,
        a_token_of: ATokenOf,
        an_organisation: AnOrganisation,
        listing: Listing,
    ) -> None:
        stranger = await a_token_of(await a_member("Sina Fremd"))
        member = await a_token_of(await a_member(of=await an_organisation(OTHERS)))
        path = f"/api/v1/listings/{listing.id}"

        found = [
            await browser.open("/api/v1/listings", **headers) for headers in (stranger, member)
        ]
        opened = [await browser.open(path, **headers) for headers in (stranger, member)]

        assert [answer.json()["total"] for answer in found] == [0, 1]
        assert [answer.status_code for answer in opened] == [404, 200]

    async def test_the_api_still_knows_nothing_of_it_without_a_token(
        self, browser: Browser, listing: Listing
    ) -> None:
        assert (await browser.open(f"/api/v1/listings/{listing.id}")).status_code == 404

    async def test_what_is_not_published_stays_unknown(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        listing: Listing,
    ) -> None:
        beginner = await an_organisation("Neu GmbH")
        unseen = [
            await a_draft(connection, beginner, visibility=Visibility.CLUSTER),
            await a_listing(connection, beginner, visibility=Visibility.CLUSTER),
            listing,
        ]
        async with connection.transaction():
            await commands.pause_listing(connection, listing.id, on())

        answers = [await browser.open(f"/listings/{each.id}") for each in unseen]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
