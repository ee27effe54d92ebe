"""One listing before different readers: the owner sees what is hidden, a visitor may sign in."""

import pytest
from listing_builders import a_draft, a_listing, on
from listings_scene import AMember, AnOrganisation, Browser

from chassis.database import Connection
from listings.listing import commands
from listings.listing.listing import Listing
from schemas.vocabulary import Role, Visibility

NAME = "Geheimlabor Warnow GmbH"
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


class TestForMembersOnly:
    @pytest.fixture
    async def listing(self, connection: Connection, an_organisation: AnOrganisation) -> Listing:
        organisation = await an_organisation(trusted=True)
        return await a_listing(connection, organisation, visibility=Visibility.CLUSTER)

    async def test_a_visitor_signs_in_and_then_sees_it(
        self, browser: Browser, a_member: AMember, listing: Listing
    ) -> None:
        path = f"/listings/{listing.id}"

        visitor = await browser.open(path)
        browser.sign_in(await a_member())
        member = await browser.open(path)

        assert visitor.status_code == 303
        assert visitor.headers["location"] == f"/sign-in?next=%2Flistings%2F{listing.id}"
        assert visitor.headers["cache-control"] == "no-store"
        assert listing.content.title not in visitor.text
        assert listing.content.title in member.text

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
