"""Why two listings are not proposed to each other, whatever their texts say; unknown never hinders.

Visibility is no hindrance: both sides are members, and a proposal names no anonymous organisation.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from matching.conditions import Conditions
from matching.exclusion import excludes
from matching.explanation import distance_km
from matching.kept_listing import KeptListing
from matching.wording import Roots
from schemas.place import Amount


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

    A further need has no amount of its own, and no clause is about one that is a line.
    """
    asked, offered = request.conditions(now), offer.conditions(now)
    fields = hindrance_in_fields(asked, offered, is_need=need is not None)
    if fields is None and roots and need not in request.content.needs:
        ruled_out = excludes(request.text(), offer.text(), roots=roots)
        return Hindrance.EXCLUDED if ruled_out else None
    return fields


def hindrance_in_fields(
    asked: Conditions, offered: Conditions, *, is_need: bool
) -> Hindrance | None:
    return next(_in_fields(asked, offered, is_need=is_need), None)


def _in_fields(asked: Conditions, offered: Conditions, *, is_need: bool) -> Iterator[Hindrance]:
    if not (asked.is_open and offered.is_open):
        yield Hindrance.CLOSED
    if asked.organisation and asked.organisation == offered.organisation:
        yield Hindrance.SAME_ORGANISATION
    if asked.needed_by and offered.available_from and offered.available_from > asked.needed_by:
        yield Hindrance.TOO_LATE
    if not is_need and _below(asked.amount, offered.minimum_amount):
        yield Hindrance.BELOW_MINIMUM
    if not _reaches(offered, asked):
        yield Hindrance.OUT_OF_AREA


def _below(amount: Amount | None, minimum: Amount | None) -> bool:
    if amount is None or minimum is None:
        return False
    same_unit = amount.unit.strip().casefold() == minimum.unit.strip().casefold()
    return same_unit and 0 < amount.value < minimum.value


def _reaches(offered: Conditions, asked: Conditions) -> bool:
    """Whether the request lies in the offer's area; one of several parts reaches by any of them."""
    area, there = offered.area, asked.position
    if area.nationwide or there is None or not (area.radius_km or area.laender):
        return True
    if asked.land in area.laender:
        return True
    return area.radius_km is not None and (
        offered.position is None or distance_km(offered.position, there) <= area.radius_km
    )
