"""What partner clusters are told of a listing: only what a visitor sees, never a person."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.envelope import Gone
from listings.listing.listing import Listing
from listings.listing.visibility import (
    ENOUGH_ORGANISATIONS,
    LEVELS,
    Group,
    groups_from_fine_to_coarse,
    shown_group,
)
from listings.organisations.organisation import Organisation
from listings.places import district_name, find_place
from schemas.public import (
    PublicListing,
    PublicListingClosed,
    PublicListingCreated,
    PublicListingOverflowed,
    PublicListingState,
    PublicListingUpdated,
    PublicOrganisation,
)
from schemas.vocabulary import ClosingReason, SizeClass, Visibility

Census = Mapping[Group, int]
"""How many organisations of the directory are in each group and in none that is finer and shown."""

_SHOWN_TO_ALL = {
    "kind",
    "cooperation",
    "title",
    "description",
    "category",
    "tags",
    "amount",
    "minimum_amount",
    "needs",
    "service_area",
    "needed_by",
    "available_from",
    "valid_until",
    "language",
}


def census_of(counts: Mapping[tuple[str | None, SizeClass], int]) -> Census:
    """From counts by postcode and size class: whoever is shown with a finer group is in no coarser.

    Everybody can tell that, so whoever is left there would hide behind nobody.
    """
    waiting = [(_groups_of(postcode, size), count) for (postcode, size), count in counts.items()]
    census: dict[Group, int] = {}
    for level in range(LEVELS, 0, -1):
        here: Counter[Group] = Counter()
        for groups, count in waiting:
            if len(groups) >= level:
                here[groups[-level]] += count
        census |= here
        waiting = [
            (groups, count)
            for groups, count in waiting
            if len(groups) < level or here[groups[-level]] < ENOUGH_ORGANISATIONS
        ]
    return census


def _groups_of(postcode: str | None, size_class: SizeClass) -> tuple[Group, ...]:
    place = find_place(postcode) if postcode else None
    return tuple(groups_from_fine_to_coarse(place, size_class))


def public_listing(
    listing: Listing, organisation: Organisation, census: Census, *, public_url: str
) -> PublicListing:
    content = listing.content
    hidden = content.visibility is Visibility.ANONYMOUS
    who = _anonymous(organisation, census) if hidden else _named(listing, organisation)
    shown: dict[str, Any] = {name: getattr(content, name) for name in _SHOWN_TO_ALL}
    return PublicListing(
        url=f"{public_url}/listings/{listing.id}", answer_by=listing.answer_by, **shown, **who
    )


def _named(listing: Listing, organisation: Organisation) -> dict[str, Any]:
    place = listing.content.place or organisation.place
    return {
        "region": place and (district_name(place.district_code) or place.land),
        "postcode": place and place.postcode,
        "size_class": organisation.size_class,
        "organisation": PublicOrganisation(
            organisation_id=organisation.id,
            organisation_name=organisation.name,
            kind=organisation.kind,
            website=organisation.profile.website,
        ),
    }


def _anonymous(organisation: Organisation, census: Census) -> dict[str, Any]:
    group = shown_group(
        organisation.place, organisation.size_class, lambda group: census.get(group, 0)
    )
    return {"region": region_of(group), "size_class": group.size_class}


def region_of(group: Group) -> str | None:
    if group.district_code is None:
        return group.land
    return district_name(group.district_code) or group.land


def public_listing_created(
    listing: Listing, shown: PublicListing, *, at: datetime
) -> PublicListingCreated:
    return PublicListingCreated(
        revision=listing.revision, occurred_at=at, listing_id=listing.id, listing=shown
    )


def public_listing_updated(
    listing: Listing, shown: PublicListing, *, at: datetime
) -> PublicListingUpdated:
    return PublicListingUpdated(
        revision=listing.revision, occurred_at=at, listing_id=listing.id, listing=shown
    )


def public_listing_overflowed(
    listing: Listing, shown: PublicListing, *, answer_by: datetime, at: datetime
) -> PublicListingOverflowed:
    return PublicListingOverflowed(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        listing=shown,
        answer_by=answer_by,
    )


def public_listing_closed(listing: Listing, *, at: datetime) -> PublicListingClosed:
    """Also said of a pause: whoever holds a copy deletes it until the listing is back."""
    return PublicListingClosed(
        revision=listing.revision,
        occurred_at=at,
        listing_id=listing.id,
        reason=listing.closing_reason or ClosingReason.WITHDRAWN,
    )


def public_listing_state(listing: Listing, shown: PublicListing) -> PublicListingState:
    return PublicListingState(revision=listing.revision, listing_id=listing.id, listing=shown)


def public_listing_gone(listing: Listing) -> Gone:
    return Gone(state=PublicListingState, id=listing.id, revision=listing.revision)
