"""Ranking quality against BM25: `python bench/quality.py`, one table a set.

`NEED_OFFER_DIR` adds the tweets of the need/offer set, `CPV_LABELS` (a JSON file of labels)
the hard variant of the short titles. Neither is shipped.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from judged import Judged, cpv_labels, german_dev, matching_dev, need_offer
from rankings import BASELINE, Reader, console, rankings_of, recipe_q
from relevance import MEASURES, Matrix, ndcg, paired_interval, proposals, strong_threshold
from rich.table import Table

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.engine import Engine
from matching.listing_text import ListingText
from matching.model import default_directory
from matching.weights import THRESHOLDS

SPLITS = 10
TRIED_THRESHOLDS = (3.8, 4.0, 4.15, 4.3)


def quality_table(title: str, judged: Judged, rankings: dict[str, Matrix]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("ranking")
    for name in MEASURES:
        table.add_column(name, justify="right")
    table.add_column("nDCG@10 against BM25, 95 %", justify="right")
    baseline = ndcg(rankings[BASELINE], judged.grades)
    for name, matrix in rankings.items():
        values = [f"{measure(matrix, judged.grades).mean():.3f}" for measure in MEASURES.values()]
        gain = paired_interval(ndcg(matrix, judged.grades), baseline)
        table.add_row(name, *values, "" if name == BASELINE else str(gain))
    console.print(table)


def decision_table(title: str, rows: Iterable[tuple[str, Matrix, Matrix]]) -> None:
    table = Table(title=title, title_justify="left")
    for name in ("decision", "threshold", "hit rate", "false alarms", "proposed", "grade ≥ 2"):
        table.add_column(name, justify="left" if name == "decision" else "right")
    for name, decisions, grades in rows:
        strong = strong_threshold(decisions, grades)
        for threshold in (3.5, THRESHOLDS.possible, 4.5, strong):
            found = proposals(decisions, grades, threshold)
            table.add_row(
                name,
                f"{threshold:.2f}" + (" (9 of 10 good)" if threshold == strong else ""),
                f"{found.hit_rate:.2f}",
                f"{found.false_alarms:.2f}",
                str(found.proposed),
                f"{found.good_share:.2f}",
            )
    console.print(table)


def halves(judged: Judged) -> Iterable[tuple[Judged, Judged]]:
    """Random halves of requests and offers, each once the background and once the test."""
    generator = np.random.default_rng(0)
    for _ in range(SPLITS):
        picked = [generator.random(size) < 1 / 2 for size in judged.grades.shape]
        one, other = (
            judged.subset(*(np.flatnonzero(side == half).tolist() for side in picked))
            for half in (True, False)
        )
        yield one, other
        yield other, one


Fit = Callable[[Judged, Judged], tuple[AnalysisVersion, bool]]


def unseen_halves(engine: Engine, judged: Judged, reader: Reader) -> None:
    """Honest figures: the tested half is unknown to the background, or joins it unjudged."""

    def fitted(texts: Sequence[ListingText]) -> AnalysisVersion:
        projection = engine.version.projection
        return fitted_version(reader.read(texts), samples=projection, number="half")

    ways: dict[str, Fit] = {
        "unknown to the background": lambda known, _: (
            fitted([*known.requests, *known.offers]),
            False,
        ),
        "joined to it, as `rank` does": lambda known, test: (
            fitted([*known.requests, *known.offers, *test.requests, *test.offers]),
            True,
        ),
    }
    table = Table(title=f"matching-dev in halves, {2 * SPLITS} tests", title_justify="left")
    for name in ("tested half", "nDCG@10", "R@20"):
        table.add_column(name)
    for threshold in TRIED_THRESHOLDS:
        table.add_column(f"hits | alarms from {threshold}")
    for name, fit in ways.items():
        figures = [_half(fit, known, test, reader) for known, test in halves(judged)]
        order, found, *decided = (f"{value:.3f}" for value in np.mean(figures, axis=0))
        pairs = zip(decided[::2], decided[1::2], strict=True)
        table.add_row(name, order, found, *(f"{hits} | {alarms}" for hits, alarms in pairs))
    console.print(table)


def _half(fit: Fit, known: Judged, test: Judged, reader: Reader) -> list[float]:
    version, joined = fit(known, test)
    sides = reader.read(test.requests), reader.read(test.offers)
    q, d = recipe_q(version, *sides, in_background=joined)
    measured = [float(MEASURES[name](q, test.grades).mean()) for name in ("nDCG@10", "R@20")]
    for threshold in TRIED_THRESHOLDS:
        found = proposals(d, test.grades, threshold)
        measured += [found.hit_rate, found.false_alarms]
    return measured


def main() -> None:
    engine = Engine.load(default_directory())
    reader = Reader(engine)
    console.print(f"analysis version {engine.version.number}")
    dev = matching_dev()
    rankings, decisions = rankings_of(engine, dev, reader, in_background=True)
    quality_table("matching-dev (is the background too: see the halves below)", dev, rankings)
    decision_table(
        "matching-dev, what D proposes", [("each request left out", decisions, dev.grades)]
    )
    unseen_halves(engine, dev, reader)
    short = german_dev()
    quality_table(
        "german-dev, plain", short, rankings_of(engine, short, reader, in_background=False)[0]
    )
    if labels := os.environ.get("CPV_LABELS"):
        hard = german_dev(cpv_labels(Path(labels)))
        found, _ = rankings_of(engine, hard, reader, in_background=False)
        quality_table("german-dev, hard", hard, found)
    if folder := os.environ.get("NEED_OFFER_DIR"):
        tweets = need_offer(Path(folder))
        found, _ = rankings_of(engine, tweets, reader, in_background=False)
        _need_offer_table(tweets, found)


def _need_offer_table(judged: Judged, rankings: dict[str, Matrix]) -> None:
    table = Table("ranking", "P@5", "nDCG@5", "MRR", title="need-offer, top 5")
    for name, matrix in rankings.items():
        values = (
            MEASURES["P@5"](matrix, judged.grades),
            ndcg(matrix, judged.grades, 5),
            MEASURES["MRR"](matrix, judged.grades),
        )
        table.add_row(name, *(f"{value.mean():.3f}" for value in values))
    console.print(table)


if __name__ == "__main__":
    main()
