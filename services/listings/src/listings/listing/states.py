"""Every live listing as it stands, for `state republish`."""

from collections.abc import AsyncIterator

from chassis.database import Connection
from listings.listing import events, public_events, showing, storage
from listings.listing.census import census
from schemas.listing import ListingState
from schemas.public import PublicListingState


async def listing_states(connection: Connection) -> AsyncIterator[ListingState]:
    async for listing in storage.live(connection):
        yield events.listing_state(listing)


async def public_listing_states(
    connection: Connection, *, public_url: str
) -> AsyncIterator[PublicListingState]:
    """One without an organisation, by a mistake of ours, is passed over and holds up no other."""
    everybody = await census(connection)
    async for listing in storage.live(connection):
        if not listing.is_public:
            continue
        for _, organisation in await showing.with_organisations(connection, [listing]):
            shown = public_events.public_listing(
                listing, organisation, everybody, public_url=public_url
            )
            yield public_events.public_listing_state(listing, shown)
