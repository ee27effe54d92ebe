"""Freshness and lapses as time passes: asked first, ended later, each once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from listing_builders import a_listing, as_stored, said
from listings_scene import NOW, AMember, AnOrganisation, Browser, Published

from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.sweeps import Sweeper, confirm
from listings import consumers
from listings.listing.listing import Listing
from listings.organisations.organisation import Organisation
from listings.sweeps import sweeps
from schemas.listing import ListingConfirmationDue
from schemas.match import MatchAnswered
from schemas.vocabulary import Answer, DeclineReason, ListingStatus


async def swept(pool: Pool, *, after_days: float) -> tuple[str, ...]:
    now = NOW + timedelta(days=after_days)
    sweeper = Sweeper(sweeps, pool=pool, clock=lambda: now, every_seconds=60)
    return await sweeper.run_once(now)


class TestFreshness:
    async def test_the_owner_is_asked_twice_and_then_the_listing_expires(
        self,
        pool: Pool,
        connection: Connection,
        an_organisation: AnOrganisation,
        published: Published,
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        for days in (10, 23, 23.5, 29, 29.5, 30, 31):
            await swept(pool, after_days=days)

        asked = [
            ListingConfirmationDue.model_validate_json(payload).asked_because
            for payload in await published("listing.confirmation_due")
        ]
        assert asked == ["week-before", "day-before"]
        assert (await as_stored(connection, listing.id)).closing_reason == "expired"
        assert (await said(connection))[-4:] == [
            "listing.closed.v1",
            "listing.state.v1 gone",
            "public.listing.closed.v1",
            "public.listing.state.v1 gone",
        ]

    async def test_nothing_expires_right_after_a_long_outage(
        self, pool: Pool, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        await swept(pool, after_days=100)
        after_outage = await as_stored(connection, listing.id)
        await swept(pool, after_days=101)

        assert after_outage.status is ListingStatus.PUBLISHED
        assert (await as_stored(connection, listing.id)).status is ListingStatus.CLOSED

    async def test_many_at_once_stop_the_sweep_until_an_operator_confirms(
        self, pool: Pool, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        organisation = await an_organisation(trusted=True)
        for number in range(51):
            await a_listing(connection, organisation, f"Pumpe {number}")
        await swept(pool, after_days=29)

        stopped = await swept(pool, after_days=30)
        still_live = await connection.fetchval(
            "select count(*) from listing where status = 'published'"
        )
        await confirm(connection)
        await swept(pool, after_days=30)

        assert stopped == ("expire_listings",)
        assert still_live == 51
        assert (
            await connection.fetchval("select count(*) from listing where status = 'closed'") == 51
        )


def answered(
    reason: DeclineReason, *, offer: Listing, by: Organisation, side: str
) -> MatchAnswered:
    return MatchAnswered(
        revision=1,
        occurred_at=NOW,
        proposal_id=uuid4(),
        side="offer" if side == "offer" else "request",
        offer_id=offer.id,
        request_id=uuid4(),
        organisation_id=by.id,
        counterpart_organisation_id=uuid4(),
        member_id=uuid4(),
        answer=Answer.NOT_FOR_US,
        reason=reason,
    )


async def heard(connection: Connection, event: MatchAnswered) -> None:
    async with connection.transaction():
        await consumers.on_match_answered(event, connection, Cause.new())


class TestSaidOutdated:
    async def test_the_owner_of_the_other_listing_is_asked_at_once_and_once(
        self, connection: Connection, an_organisation: AnOrganisation, published: Published
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))

        for name in ("Eins GmbH", "Zwei GmbH"):
            other = await an_organisation(name)
            event = answered(DeclineReason.OUTDATED, offer=listing, by=other, side="request")
            await heard(connection, event)

        (due,) = map(
            ListingConfirmationDue.model_validate_json, await published("listing.confirmation_due")
        )
        assert due.listing_id == listing.id
        assert due.asked_because == "said-outdated"
        assert due.confirm_by == NOW + timedelta(days=3)


class TestSaidSolved:
    async def test_whoever_said_so_is_offered_to_end_their_own_listing(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        listing = await a_listing(connection, organisation)
        browser.sign_in(await a_member(of=organisation))
        own = f"/my/listings/{listing.id}"

        await heard(
            connection,
            answered(DeclineReason.ALREADY_SOLVED, offer=listing, by=organisation, side="offer"),
        )
        overview = await browser.open("/my/listings")
        page = await browser.open(own)
        await browser.send(f"{own}/confirm", form_page=own)
        confirmed = await browser.open(own)

        assert "Schon gelöst?" in overview.text
        assert 'href="#withdraw"' in page.text
        assert 'href="#withdraw"' not in confirmed.text
        assert (await as_stored(connection, listing.id)).status is ListingStatus.PUBLISHED

    @pytest.mark.parametrize("side", ["offer", "request"])
    async def test_nobody_says_so_of_another_s_listing(
        self, connection: Connection, an_organisation: AnOrganisation, side: str
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))
        other = await an_organisation("Fremd GmbH")

        event = answered(DeclineReason.ALREADY_SOLVED, offer=listing, by=other, side=side)
        await heard(connection, event)

        assert await connection.fetchval("select said_solved_at from listing") is None
