"""A background that live listings join: typical is then what this cluster really writes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.bm25 import TermStatistics
from matching.listing_text import ListingText
from matching.reading import Reading
from matching.shipped_background import shipped_listings
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

LEAST_A_SIDE = 25
"""With fewer, the few that there are would look like everything that is usual."""


class TooFewListings(Exception):
    """A side has too few live listings to say what is usual in this cluster."""

    def __init__(self, *, offers: int, requests: int) -> None:
        super().__init__(offers, requests)
        self.offers = offers
        self.requests = requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Places of the listings that join, and how many of each side they are."""

    places: tuple[int, ...]
    offers: int
    requests: int

    def checked(self) -> "Joining":
        if min(self.offers, self.requests) < LEAST_A_SIDE:
            raise TooFewListings(offers=self.offers, requests=self.requests)
        return self


def joining(texts: Sequence[ListingText]) -> Joining:
    """Which texts join: new ones, each once, the first ones up to the cap of each side."""
    shipped = {entry.text for entry in shipped_listings()}
    first = {text: place for place, text in reversed(list(enumerate(texts)))}
    sides = {
        kind: sorted(
            place for text, place in first.items() if text.kind is kind and text not in shipped
        )[: WEIGHTS.background_cap]
        for kind in ListingKind
    }
    return Joining(
        places=tuple(place for side in sides.values() for place in side),
        offers=len(sides[ListingKind.OFFER]),
        requests=len(sides[ListingKind.REQUEST]),
    )


def joined_version(
    shipped: Sequence[Reading], live: Sequence[Reading], *, base: AnalysisVersion, number: str
) -> AnalysisVersion:
    """Fit on both; the projection stays, its axes come from more text than live listings have."""
    version = fitted_version([*shipped, *live], samples=base.projection, number=number)
    terms = _without_names(version.background.terms, known=base.background.terms)
    return replace(version, background=replace(version.background, terms=terms), joined=True)


def joined_number(base: str, texts: Sequence[ListingText]) -> str:
    """Twelve digits that change with the engine or with what joined."""
    return hashlib.sha256(repr((base, sorted(map(repr, texts)))).encode()).hexdigest()[:12]


def _without_names(terms: TermStatistics, *, known: TermStatistics) -> TermStatistics:
    """A word of one live listing only may be a person's name: it must not outlive an erasure."""
    common = {
        term: count
        for term, count in terms.frequencies.items()
        if count > 1 or term in known.frequencies
    }
    return replace(terms, frequencies=common)
