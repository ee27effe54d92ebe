"""The best counterparts of a draft, scored and explained as a posted listing would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from matching.analysis import Analysis
from matching.engine import Engine
from matching.kept_listing import KeptListing
from schemas.match import Reasons, WordPair
from schemas.vocabulary import ListingKind, Strength

SHOWN = 5
LEAST_D = 2.0
"""Below it two texts hardly share more than any two do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Without a strength the pair would not be proposed, but is the next best there is."""

    listing_id: UUID
    strength: Strength | None
    reasons: Reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """Two texts, one of them the draft's, and how well they stand to each other."""

    one: Analysis
    other: Analysis
    d: float


def best_fits(
    engine: Engine,
    draft: Sequence[Analysis],
    others: Mapping[UUID, tuple[Analysis, ...]],
    listings: Mapping[UUID, KeptListing],
) -> tuple[Fit, ...]:
    """Each counterpart once, by the parts that fit best; the best first, five at most."""
    parts = [(key, part) for key, own in others.items() if key in listings for part in own]
    best: dict[UUID, _Met] = {}
    for one in draft:
        found = engine.scores(one, [part for _, part in parts])
        for (key, part), score in zip(parts, found, strict=True):
            if score.d >= LEAST_D and (key not in best or best[key].d < score.d):
                best[key] = _Met(one=one, other=part, d=score.d)
    nearest = sorted(best, key=lambda key: (-best[key].d, str(key)))[:SHOWN]
    return tuple(_fit(engine, listings[key], best[key]) for key in nearest)


def _request_first(one: Analysis, other: Analysis) -> tuple[Analysis, Analysis]:
    return (one, other) if one.kind is ListingKind.REQUEST else (other, one)


def _fit(engine: Engine, listing: KeptListing, met: _Met) -> Fit:
    pair = engine.score(*_request_first(met.one, met.other))
    words = pair.reasons.words
    return Fit(
        listing_id=listing.listing_id,
        strength=pair.strength,
        reasons=Reasons(
            words=tuple(
                WordPair(request_word=each.request_word, offer_word=each.offer_word)
                for each in words
            ),
            same_category=listing.content.category if pair.reasons.same_category else None,
        ),
    )
