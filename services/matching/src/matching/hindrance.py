"""Why two listings are not proposed to each other, whatever their texts say; unknown never hinders.

Visibility is no hindrance: both sides are members, and a proposal names no anonymous organisation.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from matching.exclusion import excludes
from matching.explanation import Position, distance_km
from matching.kept_listing import KeptListing
from matching.wording import Roots
from schemas.place import Amount, Place, ServiceArea


class Hindrance(StrEnum):
    """The first that applies is named, in this order."""

    CLOSED = "closed"
    SAME_ORGANISATION = "same-organisation"
    TOO_LATE = "too-late"
    BELOW_MINIMUM = "below-minimum"
    OUT_OF_AREA = "out-of-area"
    EXCLUDED = "excluded"


def hindrance(
    request: KeptListing,
    offer: KeptListing,
    *,
    now: datetime,
    need: str | None = None,
    roots: Roots | None = None,
) -> Hindrance | None:
    """Told by the fields, and with `roots` by the request's clauses.

    A further need has no amount of its own, and no clause is about it.
    """
    fields = next(_in_fields(request, offer, now=now, need=need), None)
    if fields is None and roots and need is None:
        ruled_out = excludes(request.text(), offer.text(), roots=roots)
        return Hindrance.EXCLUDED if ruled_out else None
    return fields


def _in_fields(
    request: KeptListing, offer: KeptListing, *, now: datetime, need: str | None
) -> Iterator[Hindrance]:
    asked, offered = request.content, offer.content
    if not (request.is_open(now) and offer.is_open(now)):
        yield Hindrance.CLOSED
    if request.organisation_id == offer.organisation_id:
        yield Hindrance.SAME_ORGANISATION
    if asked.needed_by and offered.available_from and offered.available_from > asked.needed_by:
        yield Hindrance.TOO_LATE
    if need is None and _below(asked.amount, offered.minimum_amount):
        yield Hindrance.BELOW_MINIMUM
    if not _reaches(offered.service_area, offered.place, asked.place):
        yield Hindrance.OUT_OF_AREA


def _below(amount: Amount | None, minimum: Amount | None) -> bool:
    if amount is None or minimum is None:
        return False
    same_unit = amount.unit.strip().casefold() == minimum.unit.strip().casefold()
    return same_unit and 0 < amount.value < minimum.value


def _reaches(area: ServiceArea, centre: Place | None, place: Place | None) -> bool:
    """Whether the place lies in the area; an area of several parts reaches by any of them."""
    if area.nationwide or place is None or not (area.radius_km or area.laender):
        return True
    if place.land in area.laender:
        return True
    return area.radius_km is not None and (
        centre is None or distance_km(_position(centre), _position(place)) <= area.radius_km
    )


def _position(place: Place) -> Position:
    return Position(latitude=place.latitude, longitude=place.longitude)
