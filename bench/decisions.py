"""What is proposed: thresholds tried on every judged set, and where nine of ten pairs are good."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from judged import Judged
from rankings import Reader, Scored, console, recipe_q
from relevance import MEASURES, Matrix, Proposals, proposals, strong_threshold
from rich.table import Table

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.engine import Engine
from matching.joined_background import joined_version
from matching.listing_text import ListingText
from matching.shipped_background import shipped_listings
from matching.weights import THRESHOLDS, UNJOINED_THRESHOLDS, Thresholds

SPLITS = 10
JOINED_TRIED = (3.1, 3.3, 3.5, 3.7, 3.9, 4.15)
UNJOINED_TRIED = (4.0, 4.25, 4.5, 4.75, 5.0)
D_ALONE = 1000.0
"""With every pair strong, both sides' places do not count: the decision before ADR 13."""

Set = tuple[Scored, Matrix]
Fit = Callable[[Judged, Judged], tuple[AnalysisVersion, bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A judged set, or its halves, under one kind of background."""

    name: str
    sets: Sequence[Set]
    thresholds: Thresholds
    tried: tuple[float, ...]


def print_decisions(engine: Engine, dev: Judged, sample: Judged, reader: Reader) -> None:
    ways = [
        _sample_unjoined(engine, sample, reader),
        _sample_joined(engine, sample, reader),
        *_halves_of(engine, dev, reader),
    ]
    table = Table(title="what is proposed (averages over halves)", title_justify="left")
    for name in ("set", "possible from", "hit rate", "false alarms", "pairs", "fit", "≥ 2"):
        table.add_column(name, justify="left" if name == "set" else "right")
    for way in ways:
        _add_sweep(table, way)
        table.add_section()
    console.print(table)


def _add_sweep(table: Table, way: Way) -> None:
    old = 5.0 if way.thresholds is UNJOINED_THRESHOLDS else 4.15
    alone = replace(way.thresholds, possible=old, strong=-D_ALONE, across_categories=0.0)
    table.add_row(way.name, f"{old} by D alone", *_figures(_alone(way.sets, alone)))
    for possible in way.tried:
        chosen = possible == way.thresholds.possible
        thresholds = replace(way.thresholds, possible=possible)
        found = [proposals(scored.proposed(thresholds), grades) for scored, grades in way.sets]
        table.add_row(
            "",
            f"{possible}{' (shipped)' if chosen else ''}",
            *_figures(found),
            style="bold" if chosen else None,
        )
    strong = [strong_threshold(s.reached(way.thresholds), grades) for s, grades in way.sets]
    table.add_row("", f"nine of ten good from {np.mean(strong):.1f}", "", "", "", "", "")


def _alone(sets: Sequence[Set], thresholds: Thresholds) -> list[Proposals]:
    return [proposals(scored.d >= thresholds.possible, grades) for scored, grades in sets]


def _figures(found: Sequence[Proposals]) -> Iterable[str]:
    means = np.nanmean(
        [(f.hit_rate, f.false_alarms, f.proposed, f.fitting_share, f.good_share) for f in found],
        axis=0,
    )
    hits, alarms, pairs, fit, good = means
    return f"{hits:.2f}", f"{alarms:.2f}", f"{pairs:.0f}", f"{fit:.2f}", f"{good:.2f}"


def _sample_unjoined(engine: Engine, sample: Judged, reader: Reader) -> Way:
    sides = reader.read(sample.requests), reader.read(sample.offers)
    scored = recipe_q(engine.version, *sides, in_background=False)
    return Way(
        name="sample, shipped background",
        sets=[(scored, sample.grades)],
        thresholds=UNJOINED_THRESHOLDS,
        tried=UNJOINED_TRIED,
    )


def _sample_joined(engine: Engine, sample: Judged, reader: Reader) -> Way:
    sides = reader.read(sample.requests), reader.read(sample.offers)
    shipped = reader.read([entry.text for entry in shipped_listings()])
    version = joined_version(shipped, [*sides[0], *sides[1]], base=engine.version, number="sample")
    return Way(
        name="sample, joined",
        sets=[(recipe_q(version, *sides, in_background=True), sample.grades)],
        thresholds=THRESHOLDS,
        tried=JOINED_TRIED,
    )


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


def _halves_of(engine: Engine, judged: Judged, reader: Reader) -> list[Way]:
    """Honest figures: the tested half is unknown to the background, or joins it unjudged."""

    def fitted(texts: Sequence[ListingText]) -> AnalysisVersion:
        projection = engine.version.projection
        return fitted_version(reader.read(texts), samples=projection, number="half")

    def unknown(known: Judged, _: Judged) -> tuple[AnalysisVersion, bool]:
        return fitted([*known.requests, *known.offers]), False

    def joined(known: Judged, test: Judged) -> tuple[AnalysisVersion, bool]:
        everything = [*known.requests, *known.offers, *test.requests, *test.offers]
        return fitted(everything), True

    return [
        _tested(
            "half unknown to it",
            judged,
            reader,
            unknown,
            thresholds=UNJOINED_THRESHOLDS,
            tried=UNJOINED_TRIED,
        ),
        _tested(
            "half joined to it", judged, reader, joined, thresholds=THRESHOLDS, tried=JOINED_TRIED
        ),
    ]


def _tested(
    name: str,
    judged: Judged,
    reader: Reader,
    fit: Fit,
    *,
    thresholds: Thresholds,
    tried: tuple[float, ...],
) -> Way:
    sets: list[Set] = []
    ranked = []
    for known, test in halves(judged):
        version, in_background = fit(known, test)
        sides = reader.read(test.requests), reader.read(test.offers)
        scored = recipe_q(version, *sides, in_background=in_background)
        sets.append((scored, test.grades))
        ranked.append([MEASURES[m](scored.q, test.grades).mean() for m in ("nDCG@10", "R@20")])
    order, found = np.mean(ranked, axis=0)
    console.print(f"matching-dev, {name}: nDCG@10 {order:.3f}, R@20 {found:.3f}")
    return Way(name=f"matching-dev, {name}", sets=sets, thresholds=thresholds, tried=tried)
