"""Ranks a file of listings offline: every request against all offers of other organisations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from matching.analysis import Analysis
from matching.analysis_version import fitted_version
from matching.engine import Engine
from matching.listing_file import FileListing
from matching.ranking import Score, scores
from matching.reading import Reading
from matching.shipped_background import shipped_listings
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

Progress = Callable[[Sequence[FileListing], str], Iterable[FileListing]]
JOINED = "+file"


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
    listing: FileListing
    analysis: Analysis


def ranked(
    engine: Engine,
    listings: Sequence[FileListing],
    *,
    progress: Progress,
    proposed_only: bool,
    join_background: bool,
) -> tuple[RunLine, ...]:
    """Best first for every request; with `proposed_only` what would really be proposed."""
    readings = [engine.read(listing.text) for listing in progress(listings, "reading listings")]
    if join_background:
        engine = joined_engine(engine, listings, readings, progress=progress)
    analysed = [
        _Analysed(listing=listing, analysis=engine.version.analysed(reading))
        for listing, reading in zip(listings, readings, strict=True)
    ]
    offers = [entry for entry in analysed if entry.analysis.kind is ListingKind.OFFER]
    return tuple(
        line
        for request in analysed
        if request.analysis.kind is ListingKind.REQUEST
        for line in _lines(engine, request, offers, proposed_only=proposed_only)
    )


def joined_engine(
    engine: Engine,
    listings: Sequence[FileListing],
    readings: Sequence[Reading],
    *,
    progress: Progress,
) -> Engine:
    """The engine after a background refresh with these listings as the live ones."""
    shipped = shipped_listings()
    known = {entry.text for entry in shipped}
    own = [engine.read(entry.text) for entry in progress(shipped, "reading the background")]
    new = [r for entry, r in zip(listings, readings, strict=True) if entry.text not in known]
    live = [
        reading
        for kind in ListingKind
        for reading in [r for r in new if r.kind is kind][: WEIGHTS.background_cap]
    ]
    version = fitted_version(
        [*own, *live],
        samples=engine.version.projection,
        number=engine.version.number + JOINED,
    )
    return replace(engine, version=version)


def _lines(
    engine: Engine, request: _Analysed, offers: Sequence[_Analysed], *, proposed_only: bool
) -> list[RunLine]:
    others = [offer for offer in offers if not _same_organisation(request, offer)]
    scored = zip(
        others,
        scores(request.analysis, [offer.analysis for offer in others], engine.version),
        strict=True,
    )
    wanted = [
        (offer, score)
        for offer, score in scored
        if not proposed_only or score.strength(engine.thresholds) is not None
    ]
    return [_line(request, offer, score) for offer, score in sorted(wanted, key=_best_first)]


def _best_first(entry: tuple[_Analysed, Score]) -> tuple[float, str]:
    return -entry[1].q, entry[0].listing.ref


def _line(request: _Analysed, offer: _Analysed, score: Score) -> RunLine:
    return RunLine(
        request_ref=request.listing.ref, offer_ref=offer.listing.ref, score=score.q
    )


def _same_organisation(request: _Analysed, offer: _Analysed) -> bool:
    own = request.listing.organisation.casefold()
    return bool(own) and own == offer.listing.organisation.casefold()
