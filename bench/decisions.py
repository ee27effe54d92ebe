"""What is proposed: hits and false alarms around the shipped thresholds, and chosen elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from proposing import Way
from relevance import GOOD, MEASURES, Proposals, strong_threshold
from report import Report

AROUND = (-1.0, -0.5, -0.25, 0.0, 0.25, 0.5, 1.0)
CHOSEN_FROM = np.arange(2.5, 6.0, 0.1)
MOST_ALARMS = 0.25


def report_decisions(report: Report, ways: Sequence[Way]) -> None:
    _report_sweep(report, ways)
    _report_elsewhere(report, [way for way in ways if len(way.tests) == 1])
    report.table("Order, under the same backgrounds", ("set", *MEASURES), map(_order, ways))


def _report_sweep(report: Report, ways: Sequence[Way]) -> None:
    report.say(
        "Hit rate: answerable requests that get a fitting offer proposed. False alarms: the other"
        " requests that get any proposal. In brackets the 95 % bootstrap interval over requests."
        " Robbed: answerable requests that get a proposal once all that fits them is taken away."
    )
    report.table(
        "What is proposed",
        ("set", "possible from", "hit rate", "false alarms", "robbed", "pairs", "fit", "≥ 2"),
        [row for way in ways for row in _around(way)],
    )


def _around(way: Way) -> Iterator[tuple[str, ...]]:
    for step in AROUND:
        thresholds = replace(way.thresholds, possible=way.thresholds.possible + step)
        robbed = "" if step else f"{way.alarmed_alone(thresholds):.2f}"
        mark = "" if step else " (shipped)"
        found = way.proposes(thresholds)
        yield (
            "" if step != AROUND[0] else way.name,
            f"{thresholds.possible:.2f}{mark}",
            f"{found.hits:.2f}",
            f"{found.false_alarms:.2f}",
            robbed,
            *_pairs(found, len(way.tests)),
        )
    strong = [strong_threshold(t.scored.reached(way.thresholds), t.grades) for t in way.tests]
    yield ("", f"nine of ten good from {np.mean(strong):.1f}", *[""] * 6)


def _pairs(found: Proposals, tests: int) -> tuple[str, str, str]:
    grades = found.grades
    return (
        f"{len(grades) / tests:.0f}",
        f"{(grades > 0).mean():.2f}",
        f"{(grades >= GOOD).mean():.2f}",
    )


def _report_elsewhere(report: Report, ways: Sequence[Way]) -> None:
    report.say(
        "Chosen elsewhere: the threshold that hits most at no more than a quarter of false alarms"
        " on the sets of other writers, tried on one that had no say in it."
    )
    rows = []
    for way in ways:
        others = [
            each for each in ways if each.writer != way.writer and each.thresholds == way.thresholds
        ]
        possible = _best_of(others)
        found = way.proposes(replace(way.thresholds, possible=possible))
        rows.append((way.name, f"{possible:.1f}", f"{found.hits:.2f}", f"{found.false_alarms:.2f}"))
    columns = ("set", "possible from", "hit rate", "false alarms")
    report.table("Thresholds chosen elsewhere", columns, rows)


def _best_of(ways: Sequence[Way]) -> float:
    """Of equals the middle one; where none is quiet enough, the quietest."""
    found = {float(tried): _mean_rates(ways, float(tried)) for tried in CHOSEN_FROM}
    least = max(MOST_ALARMS, min(alarms for _, alarms in found.values()))
    quiet = {tried: hits for tried, (hits, alarms) in found.items() if alarms <= least}
    best = [tried for tried, hits in quiet.items() if hits == max(quiet.values())]
    return best[len(best) // 2]


def _mean_rates(ways: Sequence[Way], possible: float) -> tuple[float, float]:
    found = [way.proposes(replace(way.thresholds, possible=possible)) for way in ways]
    hits = np.mean([each.hits.mean for each in found])
    return float(hits), float(np.mean([each.false_alarms.mean for each in found]))


def _order(way: Way) -> tuple[str, ...]:
    values = [
        np.mean([measure(test.scored.q, test.grades).mean() for test in way.tests])
        for measure in MEASURES.values()
    ]
    return (way.name, *(f"{value:.3f}" for value in values))
