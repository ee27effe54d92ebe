"""Bounces: listings pause once nobody can be reached, and come back with a confirmation."""

from uuid import uuid4

from listing_builders import a_listing, as_stored, on, said
from listings_scene import NOW, AMember, AnOrganisation, Browser

from chassis.cause import Cause
from chassis.database import Connection
from listings import consumers
from listings.listing import commands
from listings.members.member import Member
from schemas.mail import MailBounced
from schemas.vocabulary import ListingStatus, MailPurpose, Role


async def bounce(connection: Connection, member: Member, *, hard: bool = True) -> None:
    event = MailBounced(
        revision=1,
        occurred_at=NOW,
        mail_id=uuid4(),
        member_id=member.id,
        purpose=MailPurpose.PROPOSALS,
        template="proposal",
        about_id=uuid4(),
        hard=hard,
    )
    async with connection.transaction():
        await consumers.on_mail_bounced(event, connection, Cause.new())


async def statuses(connection: Connection) -> set[str]:
    return {row["status"] for row in await connection.fetch("select status from listing")}


class TestBounce:
    async def test_listings_pause_when_the_last_reachable_member_is_gone(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        organisation = await an_organisation(trusted=True)
        anna = await a_member("Anna", of=organisation)
        ben = await a_member("Ben", of=organisation)
        await a_listing(connection, organisation)

        await bounce(connection, anna)
        one_left = await statuses(connection)
        await bounce(connection, ben, hard=False)
        only_soft = await statuses(connection)
        await bounce(connection, ben)

        assert one_left == only_soft == {"published"}
        assert await statuses(connection) == {"paused"}
        assert (await said(connection))[-3:] == [
            "listing.state.v1",
            "public.listing.closed.v1",
            "public.listing.state.v1 gone",
        ]

    async def test_again_changes_nothing_and_others_are_left_alone(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        gone = await a_member("Anna", of=await an_organisation("Eins GmbH"))
        other = await a_listing(connection, await an_organisation("Zwei GmbH", trusted=True))
        await bounce(connection, gone)
        before = await said(connection)

        await bounce(connection, gone)

        assert await said(connection) == before
        assert (await as_stored(connection, other.id)).status is ListingStatus.PUBLISHED


class TestConfirmation:
    async def test_brings_everything_back_that_paused_for_it_and_nothing_else(
        self, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        organisation = await an_organisation(trusted=True)
        anna = await a_member("Anna", of=organisation)
        pump, centrifuge, resting = [
            await a_listing(connection, organisation, title)
            for title in ("Dosierpumpen", "Zentrifugen", "Kühlschränke")
        ]
        async with connection.transaction():
            await commands.pause_listing(connection, resting.id, on())
        await bounce(connection, anna)

        async with connection.transaction():
            confirmed = await commands.confirm_listing(connection, pump.id, on())

        assert confirmed.status is ListingStatus.PUBLISHED
        assert (await as_stored(connection, centrifuge.id)).status is ListingStatus.PUBLISHED
        assert (await as_stored(connection, resting.id)).status is ListingStatus.PAUSED
        assert (
            await connection.fetchval(
                "select count(*) from member where unreachable_since is not null"
            )
            == 0
        )


class TestModerators:
    async def test_see_whom_to_call_until_somebody_confirms(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation("Warnow Pumpen GmbH", trusted=True)
        anna = await a_member("Anna", of=organisation)
        listing = await a_listing(connection, organisation)
        moderator = await a_member("Mo", roles=frozenset({Role.MODERATOR}))
        await bounce(connection, anna)

        told = await browser.sign_in(moderator).open("/moderation")
        own = f"/my/listings/{listing.id}"
        owner_page = await browser.sign_in(anna).open(own)
        await browser.send(f"{own}/confirm", form_page=own)
        after = await browser.sign_in(moderator).open("/moderation")

        assert "Warnow Pumpen GmbH: 1 Eintrag pausiert" in told.text
        assert "Ihre Organisation war nicht zu erreichen" in owner_page.text
        assert "Warnow Pumpen" not in after.text
