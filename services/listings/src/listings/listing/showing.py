"""A listing as a reader may see it: whoever is hidden is left out here, not in templates."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from chassis.database import Connection
from listings.access import SignedIn
from listings.listing.census import census
from listings.listing.listing import Listing
from listings.listing.public_events import Census, region_of
from listings.listing.visibility import shown_group
from listings.organisations.organisation import Organisation, UnknownOrganisation
from listings.organisations.queries import organisations_of
from schemas.listing import ListingContent
from schemas.vocabulary import ListingStatus, Role, SizeClass, Visibility

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`organisation` is absent where the listing hides it; `where` is then a coarse region."""

    listing: Listing
    organisation: Organisation | None
    where: str | None
    size_class: SizeClass | None

    @property
    def id(self) -> UUID:
        return self.listing.id

    @property
    def content(self) -> ListingContent:
        return self.listing.content


def may_see(listing: Listing, reader: SignedIn | None) -> bool:
    if reader is not None and knows_all_of(listing, reader):
        return True
    return listing.is_public or (listing.is_visible and sees_cluster(reader))


def sees_cluster(reader: SignedIn | None) -> bool:
    """Whether this reader sees what is for members only."""
    return reader is not None and reader.belongs


def saw_before_pause(listing: Listing, reader: SignedIn | None) -> bool:
    """Whether this reader would see the listing if it did not pause."""
    if listing.status is not ListingStatus.PAUSED or not listing.is_known:
        return False
    return sees_cluster(reader) or listing.content.visibility is not Visibility.CLUSTER


def knows_all_of(listing: Listing, reader: SignedIn) -> bool:
    """Owners see their listing in every status, moderators every listing."""
    return reader.acts_for(listing.organisation_id) or reader.has_role(Role.MODERATOR)


async def shown(connection: Connection, listings: Sequence[Listing]) -> tuple[Shown, ...]:
    """The listings as every reader who may see them sees them, in the same order."""
    hides = any(listing.content.visibility is Visibility.ANONYMOUS for listing in listings)
    everybody = await census(connection) if hides else {}
    return tuple(
        _hidden(listing, organisation, everybody)
        if listing.content.visibility is Visibility.ANONYMOUS
        else _named(listing, organisation)
        for listing, organisation in await with_organisations(connection, listings)
    )


async def shown_to(connection: Connection, listing: Listing, reader: SignedIn | None) -> Shown:
    """As this reader sees it: owners like everybody else, so that they see what stays hidden."""
    sees_all = reader is not None and reader.has_role(Role.MODERATOR)
    show = shown_to_insiders if sees_all else shown
    cards = await show(connection, [listing])
    if not cards:
        raise UnknownOrganisation(listing.organisation_id)
    return cards[0]


async def shown_to_insiders(
    connection: Connection, listings: Sequence[Listing]
) -> tuple[Shown, ...]:
    """The listings with their organisations, for moderators."""
    known = await with_organisations(connection, listings)
    return tuple(_named(listing, organisation) for listing, organisation in known)


async def with_organisations(
    connection: Connection, listings: Sequence[Listing]
) -> tuple[tuple[Listing, Organisation], ...]:
    """Each with its organisation; one that has none is left out, for a list still has the others.

    An erasure ends every listing, so that this is a mistake of ours and is logged.
    """
    ids = {listing.organisation_id for listing in listings}
    found = {each.id: each for each in await organisations_of(connection, list(ids))}
    for listing in listings:
        if listing.organisation_id not in found:
            log.error("listing_without_organisation", listing_id=str(listing.id))
    return tuple(
        (listing, found[listing.organisation_id])
        for listing in listings
        if listing.organisation_id in found
    )


def _named(listing: Listing, organisation: Organisation) -> Shown:
    place = listing.content.place or organisation.place
    return Shown(
        listing=listing,
        organisation=organisation,
        where=None if place is None else place.city,
        size_class=organisation.size_class,
    )


def _hidden(listing: Listing, organisation: Organisation, everybody: Census) -> Shown:
    group = shown_group(
        organisation.place, organisation.size_class, lambda group: everybody.get(group, 0)
    )
    return Shown(
        listing=listing, organisation=None, where=region_of(group), size_class=group.size_class
    )
