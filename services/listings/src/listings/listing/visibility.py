"""Who sees what of a listing; visibility only widens, and an anonymous listing hides its owner."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.place import Place
from schemas.vocabulary import SizeClass, Visibility

ENOUGH_ORGANISATIONS = 5
LEVELS = 4
"""How many groups an organisation with a place belongs to; one without is in the coarsest only."""

_WIDENINGS = frozenset(
    {
        (Visibility.ANONYMOUS, Visibility.PUBLIC),
        (Visibility.CLUSTER, Visibility.PUBLIC),
    }
)


def keeps_identity(before: Visibility, after: Visibility) -> bool:
    """Whether a published listing may change so under its id.

    Narrowing cannot unsay a name; cluster to anonymous neither, since members know the name.
    """
    return before is after or (before, after) in _WIDENINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Organisations that share a region and a size class; None means any."""

    district_code: str | None = None
    land: str | None = None
    size_class: SizeClass | None = None


def groups_from_fine_to_coarse(place: Place | None, size_class: SizeClass) -> Iterator[Group]:
    if place is not None:
        yield Group(district_code=place.district_code, land=place.land, size_class=size_class)
        yield Group(land=place.land, size_class=size_class)
        yield Group(land=place.land)
    yield Group(size_class=size_class)


def shown_group(place: Place | None, size_class: SizeClass, count: Callable[[Group], int]) -> Group:
    """The finest group that at least five organisations share; an empty one where none is."""
    candidates = groups_from_fine_to_coarse(place, size_class)
    shared = (group for group in candidates if count(group) >= ENOUGH_ORGANISATIONS)
    return next(shared, Group())
