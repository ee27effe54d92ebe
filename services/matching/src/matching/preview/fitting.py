"""The best counterparts of a draft, scored and explained as a posted listing would be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from matching.analysis import Analysis
from matching.engine import Engine
from matching.exclusion import excludes
from matching.explanation import Circumstances
from matching.kept_listing import KeptListing, names_of
from matching.known_words import known_words
from matching.listing_text import ListingText
from matching.stated_needs import is_line
from schemas.match import Reasons, WordPair
from schemas.vocabulary import ListingKind, Strength

SHOWN = 5
ALMOST = 0.5
"""So far below the threshold a counterpart is still shown. On five sets 6 to 19 of 100 fit there,
none of 14 on the smallest; in the next half 2 to 10 do."""


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
    lines: Sequence[str],
) -> tuple[Fit, ...]:
    """Each counterpart once, by the parts that fit best; the best first, five at most.

    ``text`` is the whole draft's, ``lines`` are its further needs. What a request rules out meets
    none but its lines.
    """
    near = {key: own for key, own in others.items() if key in listings and own}
    barred = {key for key in near if _excluded(engine, text, listings[key])}
    least = engine.thresholds.possible - ALMOST
    best: dict[UUID, _Met] = {}
    for place, one in enumerate(draft):
        parts = [
            (key, part)
            for key, own in near.items()
            for other, part in enumerate(own)
            if key not in barred
            or is_line(place, lines)
            or is_line(other, listings[key].content.needs)
        ]
        found = engine.scores(one, [part for _, part in parts])
        for (key, part), score in zip(parts, found, strict=True):
            if score.d >= least and (key not in best or best[key].d < score.d):
                best[key] = _Met(one=one, other=part, d=score.d)
    nearest = sorted(best, key=lambda key: (-best[key].d, str(key)))[:SHOWN]
    return tuple(_fit(engine, listings[key], best[key], text) for key in nearest)


def _request_first(one: Analysis, other: Analysis) -> tuple[Analysis, Analysis]:
    return (one, other) if one.kind is ListingKind.REQUEST else (other, one)


def _in_roles(draft: ListingText, listing: ListingText) -> tuple[ListingText, ListingText]:
    """The request first."""
    return (draft, listing) if draft.kind is ListingKind.REQUEST else (listing, draft)


def _excluded(engine: Engine, draft: ListingText, listing: KeptListing) -> bool:
    return excludes(*_in_roles(draft, listing.text()), roots=engine.lexicon.roots)


def _known(draft: ListingText, listing: KeptListing) -> Circumstances:
    """Where the draft is, nobody knows yet."""
    return Circumstances(
        places=names_of(listing.content.place),
        known_words=known_words(*_in_roles(draft, listing.whole_text())),
    )


def _fit(engine: Engine, listing: KeptListing, met: _Met, text: ListingText) -> Fit:
    known = _known(text, listing)
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
