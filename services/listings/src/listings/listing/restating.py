"""Public listings are said again where what they show of their organisations has changed.

An anonymous one shows a region and a size that enough organisations share: a change of any of them
may make them too few.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chassis.database import Connection
from listings.listing import events, public_events, showing, storage
from listings.listing.census import census
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.public import PublicListing


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """A listing and what visitors and partners see of it."""

    listing: Listing
    shown: PublicListing


async def public_listings_of(
    connection: Connection, organisation_ids: Sequence[UUID], *, public_url: str
) -> tuple[Public, ...]:
    """Those of the organisations and all anonymous ones, locked, as they stand."""
    published = await storage.touched_by(connection, organisation_ids)
    listings = [listing for listing in published if listing.is_public]
    return await _as_they_stand(connection, listings, public_url=public_url)


async def anonymous_listings(connection: Connection, *, public_url: str) -> tuple[Public, ...]:
    """Those of everybody, locked, as they stand."""
    return await public_listings_of(connection, (), public_url=public_url)


async def restate_changed(
    connection: Connection, before: Sequence[Public], occasion: Occasion
) -> None:
    """Say again what is shown otherwise than before; an anonymous listing shows no name."""
    listings = [each.listing for each in before]
    after = await _as_they_stand(connection, listings, public_url=occasion.public_url)
    changed = [
        replace(now, listing=_restated(now.listing, occasion))
        for was, now in zip(before, after, strict=True)
        if was.shown != now.shown
    ]
    await storage.save_many(connection, [each.listing for each in changed])
    states = [events.listing_state(each.listing) for each in changed]
    await outbox.append_many(connection, states, cause=occasion.cause)
    shown = [public_events.public_listing_state(each.listing, each.shown) for each in changed]
    await outbox.append_many(connection, shown, cause=occasion.cause)


def _restated(listing: Listing, occasion: Occasion) -> Listing:
    return replace(listing, revision=revision_after(listing.revision, occasion.now))


async def _as_they_stand(
    connection: Connection, listings: Sequence[Listing], *, public_url: str
) -> tuple[Public, ...]:
    if not listings:
        return ()
    everybody = await census(connection)
    return tuple(
        Public(
            listing=listing,
            shown=public_events.public_listing(
                listing, organisation, everybody, public_url=public_url
            ),
        )
        for listing, organisation in await showing.with_organisations(connection, listings)
    )
