"""Ranking and proposing against BM25: `python bench/quality.py` prints and keeps what it finds.

`NEED_OFFER_DIR` adds the tweets of the need/offer set, `CPV_LABELS` (a JSON file of labels)
the hard variant of the short titles. Neither is shipped.
"""

import os
from pathlib import Path
from time import process_time

from decisions import report_decisions
from judged import (
    Judged,
    cpv_labels,
    german_dev,
    matching_dev,
    near_misses,
    need_offer,
    sample_cluster,
)
from needs import report_needs
from proposing import ways_of
from rankings import BASELINE, SHIPPED, Reader, console, rankings_of
from relevance import MEASURES, Matrix, ndcg, paired_interval
from report import Report

from matching.engine import Engine
from matching.model import default_directory

RESULTS = Path(__file__).parent / "results"


def report_rankings(report: Report, title: str, judged: Judged, found: dict[str, Matrix]) -> None:
    """A line a ranking, and how far the shipped one is from BM25 on the same requests."""
    rows = [
        (name, *(f"{measure(matrix, judged.grades).mean():.3f}" for measure in MEASURES.values()))
        for name, matrix in found.items()
    ]
    gains = [
        paired_interval(
            measure(found[SHIPPED], judged.grades), measure(found[BASELINE], judged.grades)
        )
        for measure in MEASURES.values()
    ]
    gained = ("Q against BM25, 95 %", *(f"{gain:+.3f}" for gain in gains))
    report.table(title, ("ranking", *MEASURES), [*rows, gained])


def report_tweets(report: Report, judged: Judged, found: dict[str, Matrix]) -> None:
    rows = [
        (
            name,
            f"{MEASURES['P@5'](matrix, judged.grades).mean():.3f}",
            f"{ndcg(matrix, judged.grades, 5).mean():.3f}",
            f"{MEASURES['MRR'](matrix, judged.grades).mean():.3f}",
        )
        for name, matrix in found.items()
    ]
    report.table("need-offer, top 5", ("ranking", "P@5", "nDCG@5", "MRR"), rows)


def report_elsewhere(report: Report, engine: Engine, reader: Reader) -> None:
    """Sets of other kinds of text: short titles, and tweets where they are given."""
    sets = {"german-dev, plain": german_dev()}
    if labels := os.environ.get("CPV_LABELS"):
        sets["german-dev, hard"] = german_dev(cpv_labels(Path(labels)))
    for title, judged in sets.items():
        report_rankings(report, title, judged, rankings_of(engine, judged, reader))
    if folder := os.environ.get("NEED_OFFER_DIR"):
        tweets = need_offer(Path(folder))
        report_tweets(report, tweets, rankings_of(engine, tweets, reader))


def main() -> None:
    began = process_time()
    engine = Engine.load(default_directory())
    reader, report = Reader(engine), Report("Quality", console)
    report.say(f"Analysis version {engine.version.number}.")
    dev, sample, missing = matching_dev(), sample_cluster(), near_misses()
    found = rankings_of(engine, dev, reader, in_background=True)
    report_rankings(report, "matching-dev, which is the shipped background too", dev, found)
    for title, judged in (("sample cluster", sample), ("near misses", missing)):
        found = rankings_of(engine, judged, reader)
        report_rankings(report, f"{title}, unknown to the background", judged, found)
    report_decisions(report, ways_of(engine, dev, sample, missing, reader))
    needing = {"matching-dev": dev, "sample": sample, "near misses": missing}
    report_needs(report, engine, reader, needing)
    report_elsewhere(report, engine, reader)
    report.say(f"All of it took {process_time() - began:.0f} s of processor time.")
    report.keep(RESULTS / "quality.md")


if __name__ == "__main__":
    main()
