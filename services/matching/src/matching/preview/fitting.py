"""The best counterparts of a draft, scored and explained as a posted listing would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from matching.analysis import Analysis
from matching.engine import Engine
from matching.explanation import Circumstances
from matching.kept_listing import KeptListing
from matching.known_words import known_words
from matching.listing_text import ListingText
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
    *,
    text: ListingText,
) -> tuple[Fit, ...]:
    """Each counterpart once, by the parts that fit best; the best first, five at most.

    ``text`` is the whole draft's.
    """
    parts = [(key, part) for key, own in others.items() if key in listings for part in own]
    best: dict[UUID, _Met] = {}
    for one in draft:
        found = engine.scores(one, [part for _, part in parts])
        for (key, part), score in zip(parts, found, strict=True):
            if score.d >= LEAST_D and (key not in best or best[key].d < score.d):
                best[key] = _Met(one=one, other=part, d=score.d)
    nearest = sorted(best, key=lambda key: (-best[key].d, str(key)))[:SHOWN]
    return tuple(_fit(engine, listings[key], best[key], text) for key in nearest)


def _request_first(one: Analysis, other: Analysis) -> tuple[Analysis, Analysis]:
    return (one, other) if one.kind is ListingKind.REQUEST else (other, one)


def _known(draft: ListingText, listing: ListingText) -> Circumstances:
    """Where the draft is, nobody knows yet."""
    request, offer = (draft, listing) if draft.kind is ListingKind.REQUEST else (listing, draft)
    return Circumstances(known_words=known_words(request, offer))


def _fit(engine: Engine, listing: KeptListing, met: _Met, text: ListingText) -> Fit:
    known = _known(text, listing.whole_text())
    pair = engine.score(*_request_first(met.one, met.other), known)
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
