"""Ranks a file of listings offline: every request against all offers of other organisations."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from matching.analysis import Analysis
from matching.analysis_version import fitted_version
from matching.engine import Engine
from matching.listing_file import FileListing
from matching.listing_text import ListingText
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
    members = {entry.text for entry in shipped_listings()}
    if join_background:
        live = _live(listings, members)
        members |= {listings[place].text for place in live}
        joining = [readings[place] for place in live]
        engine = joined_engine(engine, joining, progress=progress)
    analysed = [
        _Analysed(
            listing=listing,
            analysis=engine.version.analysed(reading, in_background=listing.text in members),
        )
        for listing, reading in zip(listings, readings, strict=True)
    ]
    offers = [entry for entry in analysed if entry.analysis.kind is ListingKind.OFFER]
    return tuple(
        line
        for request in analysed
        if request.analysis.kind is ListingKind.REQUEST
        for line in _lines(engine, request, offers, proposed_only=proposed_only)
    )


def joined_engine(engine: Engine, live: Sequence[Reading], *, progress: Progress) -> Engine:
    """The engine after a background refresh that these live listings joined."""
    shipped = progress(shipped_listings(), "reading the background")
    version = fitted_version(
        [*(engine.read(listing.text) for listing in shipped), *live],
        samples=engine.version.projection,
        number=engine.version.number + JOINED,
    )
    return replace(engine, version=version)


def _live(listings: Sequence[FileListing], known: set[ListingText]) -> list[int]:
    """Places of the listings that join: new ones, at most the cap of each side."""
    return [
        place
        for kind in ListingKind
        for place in _places(listings, kind, known)[: WEIGHTS.background_cap]
    ]


def _places(
    listings: Sequence[FileListing], kind: ListingKind, known: set[ListingText]
) -> list[int]:
    first = {entry.text: place for place, entry in reversed(list(enumerate(listings)))}
    return sorted(place for text, place in first.items() if text.kind is kind and text not in known)


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
    return RunLine(request_ref=request.listing.ref, offer_ref=offer.listing.ref, score=score.q)


def _same_organisation(request: _Analysed, offer: _Analysed) -> bool:
    own = request.listing.organisation.casefold()
    return bool(own) and own == offer.listing.organisation.casefold()
