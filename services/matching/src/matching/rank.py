"""Ranks a file of listings offline: every request against all offers of other organisations."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from matching.analysis import Analysis
from matching.decision import Places, better_than, decided, of_a_need
from matching.engine import Engine
from matching.exclusion import excludes
from matching.file_reading import Progress, ReadListing
from matching.hindrance import hindrance_in_fields
from matching.joined_background import (
    TooFewListings,
    joined_number,
    joined_version,
    joining,
)
from matching.listing_file import FileListing
from matching.listing_text import ListingText, prepared
from matching.ranking import Score
from matching.reading import Reading
from matching.shipped_background import shipped_listings
from matching.stated_needs import is_line
from schemas.vocabulary import ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One line of the run."""

    request_ref: str
    offer_ref: str
    score: float

    def __str__(self) -> str:
        return f"{self.request_ref}\t{self.offer_ref}\t{self.score:.6f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Analysed:
    """A listing or one of its further needs, which is matched as a request of its own."""

    listing: FileListing
    analysis: Analysis
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What the offers of others score for one request; ``free`` are those that it may meet.

    ``ruled_out`` are those of the free that its clauses are about.
    """

    request: FileListing
    is_whole: bool
    scores: dict[str, Score]
    free: frozenset[str]
    ruled_out: frozenset[str]

    def order(self, ref: str) -> float:
        q = self.scores[ref].q
        return q if self.is_whole else of_a_need(q)

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
    whole = [_whole(engine, each, in_background=each.text in known) for each in read]
    rows = _rows(engine, [*whole, *_needs(engine, read)])
    return tuple(_lines(rows, engine, proposed_only=proposed_only))


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


def _whole(engine: Engine, read: ReadListing, *, in_background: bool) -> _Analysed:
    analysis = engine.version.analysed(read.reading, in_background=in_background)
    return _Analysed(listing=read.listing, analysis=analysis)


def _needs(engine: Engine, read: Sequence[ReadListing]) -> Iterator[_Analysed]:
    for each in read:
        for part, need in enumerate(each.needs, start=1):
            analysis = engine.version.analysed(need)
            yield _Analysed(listing=each.listing, analysis=analysis, part=part)


def _rows(engine: Engine, analysed: Sequence[_Analysed]) -> list[_Row]:
    offers = [entry for entry in analysed if entry.analysis.kind is ListingKind.OFFER]
    return [
        _row(engine, entry, offers)
        for entry in analysed
        if entry.analysis.kind is ListingKind.REQUEST
    ]


def _row(engine: Engine, request: _Analysed, offers: Sequence[_Analysed]) -> _Row:
    others = [offer for offer in offers if not _same_organisation(request, offer)]
    found = engine.scores(request.analysis, [offer.analysis for offer in others])
    refs = (offer.listing.ref for offer in others)
    return _Row(
        request=request.listing,
        is_whole=request.part == 0,
        scores=dict(zip(refs, found, strict=True)),
        free=frozenset(offer.listing.ref for offer in others if _may_meet(request, offer)),
        ruled_out=_ruled_out(engine, request, others),
    )


def _may_meet(request: _Analysed, offer: _Analysed) -> bool:
    asked, offered = request.listing.conditions, offer.listing.conditions
    return hindrance_in_fields(asked, offered, is_need=request.part > 0) is None


def _ruled_out(engine: Engine, request: _Analysed, others: Sequence[_Analysed]) -> frozenset[str]:
    """A clause is about all that stands in its text, not about further needs in lines."""
    text = request.listing.text
    if is_line(request.part, request.listing.needs) or not prepared(text).exclusions:
        return frozenset()
    return frozenset(
        offer.listing.ref
        for offer in others
        if excludes(text, offer.listing.text, roots=engine.lexicon.roots)
    )


def _lines(rows: Sequence[_Row], engine: Engine, *, proposed_only: bool) -> Iterator[RunLine]:
    """A request's lines, each offer once with the best it scores for it or one of its needs."""
    asked: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for ref in row.free_scores:
            asked[ref].append(row.order(ref))
    best: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        found = best[row.request.ref]
        for ref in row.scores:
            if not proposed_only or _is_proposed(ref, row, asked[ref], engine):
                found[ref] = max(row.order(ref), found.get(ref, -inf))
    for request_ref, offers in best.items():
        for ref, q in sorted(offers.items(), key=lambda offer: (-offer[1], offer[0])):
            yield RunLine(request_ref=request_ref, offer_ref=ref, score=q)


def _is_proposed(ref: str, row: _Row, asked: Sequence[float], engine: Engine) -> bool:
    score = row.scores[ref]
    if ref not in row.free - row.ruled_out or score.strength(engine.thresholds) is None:
        return False
    places = Places(
        better_here=better_than(score, [other.q for other in row.free_scores.values()]),
        better_there=better_than(score, asked),
    )
    return decided(score, places, engine.thresholds) is not None


def _same_organisation(request: _Analysed, offer: _Analysed) -> bool:
    own = request.listing.conditions.organisation
    return bool(own) and own == offer.listing.conditions.organisation
