"""The rankings that the bench compares: BM25, single signals, recipe S and recipe Q."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from judged import Judged
from numpy.typing import NDArray
from relevance import Matrix
from rich.console import Console
from rich.progress import track

from matching.analysis_version import AnalysisVersion
from matching.bm25 import LexicalIndex, term_statistics
from matching.decision import Places, decided
from matching.engine import Engine
from matching.exclusion import excludes
from matching.lexicon import Lexicon
from matching.listing_text import ListingText, prepared
from matching.ranking import Score, scores
from matching.reading import Reading
from matching.signals import interaction, sentences, stack_of
from matching.weights import WEIGHTS, Thresholds

BASELINE = "BM25, Snowball"
SHIPPED = "Q: as shipped"
console = Console(width=120)


class Reader:
    """Reads every text once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readings: dict[ListingText, Reading] = {}

    def read(self, texts: Sequence[ListingText], label: str = "reading") -> list[Reading]:
        new = [text for text in dict.fromkeys(texts) if text not in self._readings]
        shown = console.is_terminal and bool(new)
        for text in track(new, label, console=console, transient=True, disable=not shown):
            self._readings[text] = self._engine.read(text)
        return [self._readings[text] for text in texts]

    def excluded(self, request: ListingText, offers: Sequence[ListingText]) -> list[bool]:
        roots, has_clauses = self._engine.lexicon.roots, bool(prepared(request).exclusions)
        return [has_clauses and excludes(request, offer, roots=roots) for offer in offers]


def bm25(judged: Judged, lexicon: Lexicon) -> Matrix:
    index: LexicalIndex[int] = LexicalIndex()
    for place, offer in enumerate(judged.offers):
        index.add(place, lexicon.terms(prepared(offer).text, offer.language))
    rows = np.zeros((len(judged.requests), len(judged.offers)))
    for row, request in zip(rows, judged.requests, strict=True):
        found = index.scores(lexicon.terms(prepared(request).text, request.language))
        row[list(found)] = list(found.values())
    return rows


def raw_signals(
    version: AnalysisVersion, requests: Sequence[Reading], offers: Sequence[Reading]
) -> tuple[Matrix, Matrix]:
    """T and U of every pair, unscaled."""
    stack = stack_of([version.analysed(offer) for offer in offers])
    analyses = [version.analysed(request) for request in requests]
    return (
        np.array([interaction(request, stack) for request in analyses], np.float64),
        np.array([sentences(request, stack) for request in analyses], np.float64),
    )


def recipe_s(
    version: AnalysisVersion, requests: Sequence[Reading], offers: Sequence[Reading]
) -> Matrix:
    """P' + share · U' in full precision, scaled for each offer."""
    background = version.background
    weighted = [[background.weighted(reading) for reading in side] for side in (requests, offers)]
    p = (np.stack(weighted[0]) @ np.stack(weighted[1]).T).astype(np.float64)
    _, u = raw_signals(version, requests, offers)
    return _scaled(p) + WEIGHTS.stored_sentence_share * _scaled(u)


def _scaled(signal: Matrix) -> Matrix:
    deviations = signal.std(axis=0)
    scaled: Matrix = signal / np.maximum(deviations, deviations.mean())
    return scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Q and D of every pair, which lie across two categories, and which a clause excludes."""

    q: Matrix
    d: Matrix
    across: NDArray[np.bool_]
    excluded: NDArray[np.bool_]

    def reached(self, thresholds: Thresholds) -> Matrix:
        reached: Matrix = self.d - thresholds.across_categories * self.across
        return reached

    def proposed(self, thresholds: Thresholds) -> NDArray[np.bool_]:
        """What the service would propose of these, all of them live at once."""
        chosen = np.zeros(self.q.shape, np.bool_)
        for i, j in np.argwhere(self.reached(thresholds) >= thresholds.possible):
            row, column = self.q[i], self.q[:, j]
            places = Places(
                better_here=int((row > row[j]).sum()), better_there=int((column > column[i]).sum())
            )
            score = Score(q=row[j], d=self.d[i, j], across_categories=bool(self.across[i, j]))
            chosen[i, j] = decided(score, places, thresholds) is not None
        return chosen & ~self.excluded

    def without(self, request: int, offers: NDArray[np.bool_]) -> "Scored":
        """As if these offers had nothing to do with this request."""
        q, d = self.q.copy(), self.d.copy()
        q[request, offers] = d[request, offers] = -np.inf
        return replace(self, q=q, d=d)


def recipe_q(
    version: AnalysisVersion, judged: Judged, reader: Reader, *, in_background: bool
) -> Scored:
    """Every pair as the engine scores it."""
    analysed = [version.analysed(offer) for offer in reader.read(judged.offers)]
    rows = [
        scores(version.analysed(request, in_background=in_background), analysed, version)
        for request in reader.read(judged.requests)
    ]
    return Scored(
        q=np.array([[score.q for score in row] for row in rows]),
        d=np.array([[score.d for score in row] for row in rows]),
        across=np.array([[score.across_categories for score in row] for row in rows]),
        excluded=np.array([reader.excluded(one, judged.offers) for one in judged.requests]),
    )


def rankings_of(
    engine: Engine, judged: Judged, reader: Reader, *, in_background: bool = False
) -> dict[str, Matrix]:
    requests, offers = reader.read(judged.requests), reader.read(judged.offers)
    tokens, whole = raw_signals(engine.version, requests, offers)
    scored = recipe_q(engine.version, judged, reader, in_background=in_background)
    return {
        BASELINE: bm25(judged, Lexicon(_whole)),
        "BM25, compounds split": bm25(judged, engine.lexicon),
        "U: USE, whole text": whole,
        "P + .45 U (recipe S without category)": recipe_s(engine.version, requests, offers),
        "T + .4 U, unscaled": tokens + WEIGHTS.sentence_share * whole,
        "T + .4 U + BM25, unscaled": tokens
        + WEIGHTS.sentence_share * whole
        + lexical_shares(requests, offers),
        SHIPPED: scored.q,
    }


def _whole(_word: str) -> tuple[str, ...]:
    return ()


def lexical_shares(requests: Sequence[Reading], offers: Sequence[Reading]) -> Matrix:
    """BM25 of every pair as the engine adds it where texts are short."""
    statistics = term_statistics(offer.terms for offer in offers)
    return np.array(
        [[statistics.share(request.terms, offer.terms) for offer in offers] for request in requests]
    )
