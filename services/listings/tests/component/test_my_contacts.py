"""„Meine Anfragen“: with whom, about what, since when, what next; nobody is named too early."""

from dataclasses import dataclass
from html import unescape

import pytest
from listing_builders import a_listing
from listings_scene import NOW, TRACER, AMember, AnOrganisation, Browser

from chassis.cause import Cause
from chassis.database import Connection
from listings import erasure
from listings.contacts import commands
from listings.contacts.contact import Contact
from listings.listing.listing import Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from schemas.vocabulary import DeclineReason, Visibility

OWNER = "Dosiertechnik Warnow GmbH"
ASKER = "Labor Ostsee GmbH"
UNNAMED = "Organisation ohne Namensnennung"


@dataclass
class Scene:
    """Two organisations, a person each, of which one writes about the other's listings."""

    connection: Connection
    browser: Browser
    owning: Organisation
    owner: Member
    asking: Organisation
    asker: Member

    async def listing(self, visibility: Visibility = Visibility.PUBLIC) -> Listing:
        return await a_listing(self.connection, self.owning, "Dosierpumpen", visibility=visibility)

    async def asked(self, listing: Listing, *, names_itself: bool = True) -> Contact:
        async with self.connection.transaction():
            return await commands.request_contact(
                self.connection,
                listing_id=listing.id,
                organisation_id=self.asking.id,
                member_id=self.asker.id,
                message="Können Sie zwölf Stück liefern?",
                names_itself=names_itself,
                a_day=5,
                now=NOW,
                cause=Cause.new(),
            )

    async def accepted(self, contact: Contact) -> None:
        async with self.connection.transaction():
            await commands.accept_contact(
                self.connection, contact.id, member_id=self.owner.id, now=NOW, cause=Cause.new()
            )

    async def declined(self, contact: Contact) -> None:
        async with self.connection.transaction():
            await commands.decline_contact(
                self.connection,
                contact.id,
                DeclineReason.REGION,
                explanation="",
                member_id=self.owner.id,
                now=NOW,
                cause=Cause.new(),
            )

    async def seen_by(self, member: Member) -> str:
        page = await self.browser.sign_in(member).open("/my/contacts")
        assert page.status_code == 200, page.text
        return unescape(page.text)


@pytest.fixture
async def scene(
    connection: Connection, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
) -> Scene:
    owning = await an_organisation(OWNER, trusted=True)
    asking = await an_organisation(ASKER)
    return Scene(
        connection=connection,
        browser=browser,
        owning=owning,
        owner=await a_member("Olaf Owner", of=owning),
        asking=asking,
        asker=await a_member("Anna Asker", of=asking),
    )


class TestWithWhom:
    async def test_both_sides_read_the_other_of_a_public_listing(self, scene: Scene) -> None:
        await scene.asked(await scene.listing())

        to_owner, to_asker = await scene.seen_by(scene.owner), await scene.seen_by(scene.asker)

        assert (ASKER in to_owner, OWNER in to_asker) == (True, True)
        assert UNNAMED not in to_owner + to_asker

    async def test_the_owner_of_an_anonymous_listing_is_not_named_before_a_yes(
        self, scene: Scene
    ) -> None:
        contact = await scene.asked(await scene.listing(Visibility.ANONYMOUS))

        waiting = await scene.seen_by(scene.asker)
        await scene.accepted(contact)
        agreed = await scene.seen_by(scene.asker)

        assert UNNAMED in waiting
        assert OWNER not in waiting
        assert OWNER in agreed

    async def test_nor_after_a_no(self, scene: Scene) -> None:
        listing = await scene.listing(Visibility.ANONYMOUS)
        await scene.declined(await scene.asked(listing, names_itself=False))

        to_owner, to_asker = await scene.seen_by(scene.owner), await scene.seen_by(scene.asker)

        assert ASKER not in to_owner
        assert OWNER not in to_asker

    async def test_who_stays_unnamed_is_named_after_the_yes_alone(self, scene: Scene) -> None:
        contact = await scene.asked(await scene.listing(), names_itself=False)

        waiting = await scene.seen_by(scene.owner)
        await scene.accepted(contact)
        agreed = await scene.seen_by(scene.owner)

        assert UNNAMED in waiting
        assert ASKER not in waiting
        assert ASKER in agreed

    async def test_members_read_the_owner_of_a_listing_for_members(self, scene: Scene) -> None:
        await scene.asked(await scene.listing(Visibility.CLUSTER))

        assert OWNER in await scene.seen_by(scene.asker)

    async def test_a_counterpart_that_is_gone_is_said_to_be_gone(self, scene: Scene) -> None:
        await scene.accepted(await scene.asked(await scene.listing()))
        async with scene.connection.transaction():
            await erasure.erase_organisation(
                scene.connection, scene.asking.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        page = await scene.seen_by(scene.owner)

        assert "Die andere Seite ist inzwischen nicht mehr dabei." in page
        assert "Schreiben Sie einander" not in page


class TestWhatHappensNext:
    async def test_each_side_reads_since_when_and_who_must_answer_by_when(
        self, scene: Scene
    ) -> None:
        await scene.asked(await scene.listing())

        to_owner, to_asker = await scene.seen_by(scene.owner), await scene.seen_by(scene.asker)

        assert "Bitte sagen Sie bis 21. Februar 2027 zu oder ab." in to_owner
        assert "Die andere Seite hat bis 21. Februar 2027 Zeit." in to_asker
        assert all("Angefragt am 31. Januar 2027" in page for page in (to_owner, to_asker))

    async def test_a_yes_says_to_write_and_a_no_why(self, scene: Scene) -> None:
        await scene.declined(await scene.asked(await scene.listing()))
        await scene.accepted(await scene.asked(await scene.listing()))

        page = await scene.seen_by(scene.asker)

        assert "Schreiben Sie einander jetzt direkt." in page
        assert "Grund: Zu weit weg" in page


class TestTheListing:
    async def test_is_linked_for_whoever_can_still_open_it(self, scene: Scene) -> None:
        listing = await scene.listing()
        await scene.asked(listing)
        links = {f"/listings/{listing.id}": scene.asker, f"/my/listings/{listing.id}": scene.owner}

        live = {link: await scene.seen_by(reader) for link, reader in links.items()}
        pages = [await scene.browser.sign_in(links[link]).open(link) for link in live]
        await scene.connection.execute("update listing set status = 'paused'")
        resting = {link: await scene.seen_by(reader) for link, reader in links.items()}

        assert all(f'href="{link}"' in page for link, page in live.items())
        assert [page.status_code for page in pages] == [200, 200]
        shown = [f'href="{link}"' in page for link, page in resting.items()]
        assert shown == [False, True]

    async def test_is_not_linked_once_erased(self, scene: Scene) -> None:
        listing = await scene.listing()
        await scene.asked(listing)
        async with scene.connection.transaction():
            await erasure.erase_organisation(
                scene.connection, scene.owning.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        page = await scene.seen_by(scene.asker)

        assert "Gelöschter Eintrag" in page
        assert str(listing.id) not in page
