"""Fits the version of a refresh on the shipped and the live listings; long, and touches nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from matching.analysis_version import AnalysisVersion
from matching.engine import Engine
from matching.joined_background import joined_number, joined_version, joining
from matching.kept_listing import KeptListing
from matching.listing_text import ListingText
from matching.shipped_background import shipped_listings

Progress = Callable[[Sequence[ListingText], str], Iterable[ListingText]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A version and the live listings that are part of its background."""

    version: AnalysisVersion
    members: frozenset[UUID]
    offers: int
    requests: int


def fitted_refresh(
    engine: Engine, listings: Sequence[KeptListing], *, progress: Progress
) -> Fitted:
    """The first listings of each side join, up to the cap; `TooFewListings` refuses."""
    texts = [listing.text() for listing in listings]
    joins = joining(texts).checked()
    live = [texts[place] for place in joins.places]
    shipped = [entry.text for entry in shipped_listings()]
    readings = [engine.read(text) for text in progress([*shipped, *live], "Reading the background")]
    version = joined_version(
        readings[: len(shipped)],
        readings[len(shipped) :],
        base=engine.version,
        number=joined_number(engine.version.number, live),
    )
    return Fitted(
        version=version,
        members=frozenset(listings[place].listing_id for place in joins.places),
        offers=joins.offers,
        requests=joins.requests,
    )
