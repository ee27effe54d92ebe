"""Whatever happens to a live listing, the state topics end at the revision of the table."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from listing_builders import a_listing, as_stored, content, on
from listings_scene import NOW, AnOrganisation, Published
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.listing import commands, freshening, overflowing, review
from schemas.listing import ListingState
from schemas.public import PublicListingState
from schemas.vocabulary import RejectionReason

Act = Callable[[Connection, UUID], Awaitable[object]]


async def confirmed(connection: Connection, listing_id: UUID) -> None:
    await commands.confirm_listing(connection, listing_id, on())


async def doubted(connection: Connection, listing_id: UUID) -> None:
    await freshening.doubt_listing(connection, listing_id, now=NOW, cause=Cause.new())


async def reminded(connection: Connection, _listing_id: UUID) -> None:
    await freshening.ask_owners(connection, NOW + timedelta(days=23), Cause.new())


async def edited(connection: Connection, listing_id: UUID) -> None:
    await connection.execute("update organisation set is_trusted = false")
    edit = content("Pumpen gesucht", kind="request", may_overflow=True)
    await commands.revise_listing(connection, listing_id, edit, on())


async def edited_in_vain(connection: Connection, listing_id: UUID) -> None:
    await edited(connection, listing_id)
    await review.reject_listing(
        connection,
        listing_id,
        RejectionReason.INCOMPLETE,
        read=(await as_stored(connection, listing_id)).revision,
        rule="Bitte genauer.",
        appeal_to="beschwerde@cluster.example",
        moderator_id=uuid7(),
        occasion=on(),
    )


async def overflowed(connection: Connection, listing_id: UUID) -> None:
    answer_by = NOW + timedelta(days=14)
    await overflowing.ask_partners(connection, listing_id, on(), answer_by=answer_by)


async def paused_and_back(connection: Connection, listing_id: UUID) -> None:
    await commands.pause_listing(connection, listing_id, on())
    await commands.resume_listing(connection, listing_id, on())


@pytest.mark.parametrize(
    "act", [confirmed, doubted, reminded, edited, edited_in_vain, overflowed, paused_and_back]
)
async def test_states_are_said_whenever_the_revision_rises(
    connection: Connection, an_organisation: AnOrganisation, published: Published, act: Act
) -> None:
    organisation = await an_organisation(trusted=True)
    listing = await a_listing(connection, organisation, "Pumpen", kind="request", may_overflow=True)

    async with connection.transaction():
        await act(connection, listing.id)

    after = await as_stored(connection, listing.id)
    inside = ListingState.model_validate_json((await published("listing.state"))[-1])
    outside = PublicListingState.model_validate_json((await published("public.listing.state"))[-1])
    assert after != listing
    assert inside.revision == outside.revision == after.revision
