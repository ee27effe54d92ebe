"""A pair that is to be proposed, seen from the listing that met the other."""

from dataclasses import dataclass

from matching.engine import Pair
from matching.features import Features
from matching.kept_listing import KeptListing
from matching.register import LivePart


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A pair to be proposed, seen from the listing that met; ``need`` is a further one."""

    own: KeptListing
    counterpart: KeptListing
    pair: Pair
    features: Features
    need: str | None


def is_better(met: Met, known: Met | None) -> bool:
    return known is None or known.pair.score.d < met.pair.score.d


def need_of(listing: KeptListing, part: LivePart) -> str | None:
    """The further need that the part is."""
    return None if part.part == 0 else listing.needs[part.part - 1]
