"""One listing meets the other side: which pairs are proposed, with their strength and reasons."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from matching.decision import LOOKED_AT, Places, better_than, decided
from matching.engine import Engine, Pair
from matching.hindrance import Hindrance, hindrance
from matching.kept_listing import KeptListing, circumstances_of
from matching.live_listings import LiveListings, LivePart
from matching.proposal import in_roles
from matching.ranking import Score
from matching.wording import Roots
from schemas.vocabulary import ListingKind, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A pair to be proposed, seen from the listing that met; ``need`` is the request's line."""

    counterpart_id: UUID
    pair: Pair
    need: str | None


def meeting(
    engine: Engine,
    live: LiveListings,
    own: Sequence[LivePart],
    *,
    current: Mapping[UUID, KeptListing],
    now: datetime,
) -> tuple[Met, ...]:
    """Each counterpart once, by the part of the request that fits it best."""
    best: dict[UUID, Met] = {}
    for part in own:
        for met in _met_by(engine, live, part, current=current, now=now):
            known = best.get(met.counterpart_id)
            if known is None or known.pair.score.d < met.pair.score.d:
                best[met.counterpart_id] = met
    return tuple(best.values())


def _met_by(
    engine: Engine,
    live: LiveListings,
    part: LivePart,
    *,
    current: Mapping[UUID, KeptListing],
    now: datetime,
) -> Iterable[Met]:
    others = [
        other
        for other in live.candidates(part)
        if (row := current.get(other.listing.listing_id)) is not None
        and _hindrance(part, other, row, now=now) is None
    ]
    found = engine.scores(part.analysis, [other.analysis for other in others])
    for other, score in zip(others, found, strict=True):
        strength = _strength(engine, live, other, score, found=found, now=now)
        row, roots = current[other.listing.listing_id], engine.lexicon.roots
        if strength and _hindrance(part, other, row, now=now, roots=roots) is None:
            yield Met(
                counterpart_id=other.listing.listing_id,
                pair=_pair(engine, part, other, score, strength),
                need=part.need or other.need,
            )


def _hindrance(
    part: LivePart, other: LivePart, row: KeptListing, *, now: datetime, roots: Roots | None = None
) -> Hindrance | None:
    """What the fields say, the other listing as its row stands now."""
    request, offer = in_roles(part.listing, row)
    return hindrance(request, offer, now=now, need=part.need or other.need, roots=roots)


def _strength(
    engine: Engine,
    live: LiveListings,
    other: LivePart,
    score: Score,
    *,
    found: Sequence[Score],
    now: datetime,
) -> Strength | None:
    """What the other side would look at is asked for only where it can change the decision."""
    strength = score.strength(engine.thresholds)
    own_place = better_than(score, found)
    if strength is not Strength.POSSIBLE or own_place >= LOOKED_AT:
        return None if strength is Strength.POSSIBLE else strength
    other_place = better_than(score, _scores_of(engine, live, other, now=now))
    return decided(
        score, Places(better_here=own_place, better_there=other_place), engine.thresholds
    )


def _scores_of(
    engine: Engine, live: LiveListings, part: LivePart, *, now: datetime
) -> tuple[Score, ...]:
    others = [
        each.analysis
        for each in live.candidates(part)
        if _hindrance(part, each, each.listing, now=now) is None
    ]
    return engine.scores(part.analysis, others)


def _pair(
    engine: Engine, part: LivePart, other: LivePart, score: Score, strength: Strength
) -> Pair:
    asked = part.analysis.kind is ListingKind.REQUEST
    request, offer = (part, other) if asked else (other, part)
    circumstances = circumstances_of(*in_roles(part.listing, other.listing))
    why = engine.reasons(request.analysis, offer.analysis, circumstances)
    return Pair(score=score, strength=strength, reasons=why)
