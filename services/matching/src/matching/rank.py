"""Ranks a file of listings offline: every request against all offers of other organisations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matching.decision import Places, better_than, decided, of_a_need
from matching.engine import Engine
from matching.exclusion import excludes
from matching.file_analyses import Analysed, analysed_parts
from matching.file_reading import Progress, ReadListing
from matching.hindrance import hindrance_in_fields
from matching.joined_background import (
    TooFewListings,
    joined_number,
    joined_version,
    joining,
)
from matching.listing_text import ListingText, prepared
from matching.ranking import Score
from matching.reading import Reading
from matching.shipped_background import shipped_listings
from matching.stated_needs import is_line
from schemas.vocabulary import ListingKind, Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One line of the run; how strong it is tells only a run of what would be proposed."""

    request: Analysed
    offer: Analysed
    score: float
    strength: Strength | None = None

    @property
    def request_ref(self) -> str:
        return self.request.listing.ref

    @property
    def offer_ref(self) -> str:
        return self.offer.listing.ref

    def __str__(self) -> str:
        return f"{self.request_ref}\t{self.offer_ref}\t{self.score:.6f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the offers of others score for one request; ``free`` are those that it may meet.

    ``ruled_out`` are those of the free that its clauses are about.
    """

    request: Analysed
    scores: dict[str, Score]
    free: frozenset[str]
    ruled_out: frozenset[str]

    def order(self, ref: str) -> float:
        q = self.scores[ref].q
        return of_a_need(q) if self.request.part else q

    def line(self, offer: Analysed, strength: Strength | None) -> RunLine:
        score = self.order(offer.listing.ref)
        return RunLine(request=self.request, offer=offer, score=score, strength=strength)

    @property
    def free_scores(self) -> dict[str, Score]:
        return {ref: score for ref, score in self.scores.items() if ref in self.free}


def ranked(
    engine: Engine,
    read: Sequence[ReadListing],
    *,
    progress: Progress,
    proposed_only: bool,
    join_background: bool,
) -> tuple[RunLine, ...]:
    """Best first for every request; with `proposed_only` what would really be proposed."""
    texts = [each.text for each in read]
    if join_background:
        readings = [each.reading for each in read]
        engine = joined_engine(engine, texts, readings, progress=progress)
    known = {entry.text for entry in shipped_listings()}
    if engine.version.joined:
        known |= {texts[place] for place in joining(texts).places}
    parts = analysed_parts(engine.version, read, background=known)
    offers = {each.listing.ref: each for each in parts if _is(ListingKind.OFFER, each)}
    requests = (each for each in parts if _is(ListingKind.REQUEST, each))
    rows = [_row(engine, request, offers.values()) for request in requests]
    return tuple(_lines(rows, offers, engine, proposed_only=proposed_only))


def joined_engine(
    engine: Engine,
    texts: Sequence[ListingText],
    readings: Sequence[Reading],
    *,
    progress: Progress,
) -> Engine:
    """The engine after a background refresh that these listings joined, if they are enough."""
    joins = joining(texts)
    try:
        joins.checked()
    except TooFewListings:
        return engine
    shipped = [entry.text for entry in shipped_listings()]
    version = joined_version(
        [engine.read(text) for text in progress(shipped, "reading the background")],
        [readings[place] for place in joins.places],
        base=engine.version,
        number=joined_number(engine.version.number, [texts[place] for place in joins.places]),
    )
    return engine.under(version)


def _is(kind: ListingKind, part: Analysed) -> bool:
    return part.analysis.kind is kind


def _row(engine: Engine, request: Analysed, offers: Iterable[Analysed]) -> _Row:
    others = [offer for offer in offers if not _same_organisation(request, offer)]
    found = engine.scores(request.analysis, [offer.analysis for offer in others])
    refs = (offer.listing.ref for offer in others)
    return _Row(
        request=request,
        scores=dict(zip(refs, found, strict=True)),
        free=frozenset(offer.listing.ref for offer in others if _may_meet(request, offer)),
        ruled_out=_ruled_out(engine, request, others),
    )


def _may_meet(request: Analysed, offer: Analysed) -> bool:
    asked, offered = request.listing.conditions, offer.listing.conditions
    return hindrance_in_fields(asked, offered, is_need=request.part > 0) is None


def _ruled_out(engine: Engine, request: Analysed, others: Sequence[Analysed]) -> frozenset[str]:
    """A clause is about all that stands in its text, not about further needs in lines."""
    text = request.listing.text
    if is_line(request.part, request.listing.needs) or not prepared(text).exclusions:
        return frozenset()
    return frozenset(
        offer.listing.ref
        for offer in others
        if excludes(text, offer.listing.text, roots=engine.lexicon.roots)
    )


def _lines(
    rows: Sequence[_Row], offers: Mapping[str, Analysed], engine: Engine, *, proposed_only: bool
) -> Iterator[RunLine]:
    """A request's lines, each offer once with the best it scores for it or one of its needs."""
    asked: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for ref in row.free_scores:
            asked[ref].append(row.order(ref))
    best: defaultdict[str, dict[str, RunLine]] = defaultdict(dict)
    for row in rows:
        found = best[row.request.listing.ref]
        for ref in row.scores:
            strength = _strength(ref, row, asked[ref], engine) if proposed_only else None
            if strength is None and proposed_only:
                continue
            line = row.line(offers[ref], strength)
            if ref not in found or found[ref].score < line.score:
                found[ref] = line
    for lines in best.values():
        yield from sorted(lines.values(), key=lambda line: (-line.score, line.offer_ref))


def _strength(ref: str, row: _Row, asked: Sequence[float], engine: Engine) -> Strength | None:
    """None for a pair that is not to be proposed."""
    score = row.scores[ref]
    if ref not in row.free - row.ruled_out or score.strength(engine.thresholds) is None:
        return None
    places = Places(
        better_here=better_than(score, [other.q for other in row.free_scores.values()]),
        better_there=better_than(score, asked),
    )
    return decided(score, places, engine.thresholds)


def _same_organisation(request: Analysed, offer: Analysed) -> bool:
    own = request.listing.conditions.organisation
    return bool(own) and own == offer.listing.conditions.organisation
