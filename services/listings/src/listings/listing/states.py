"""Every live listing as it stands, for `state republish`."""

from collections.abc import AsyncIterator

from chassis.database import Connection
from listings.listing import events, public_events, storage
from listings.listing.census import census
from listings.organisations.queries import organisation_of
from schemas.listing import ListingState
from schemas.public import PublicListingState


async def listing_states(connection: Connection) -> AsyncIterator[ListingState]:
    async for listing in storage.live(connection):
        yield events.listing_state(listing)


async def public_listing_states(
    connection: Connection, *, public_url: str
) -> AsyncIterator[PublicListingState]:
    everybody = await census(connection)
    async for listing in storage.live(connection):
        if listing.is_public:
            organisation = await organisation_of(connection, listing.organisation_id)
            shown = public_events.public_listing(
                listing, organisation, everybody, public_url=public_url
            )
            yield public_events.public_listing_state(listing, shown)
