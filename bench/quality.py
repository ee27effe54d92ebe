"""Ranking quality against BM25: `python bench/quality.py`, one table a set.

`NEED_OFFER_DIR` adds the tweets of the need/offer set, `CPV_LABELS` (a JSON file of labels)
the hard variant of the short titles. Neither is shipped.
"""

import os
from pathlib import Path

from decisions import print_decisions
from judged import Judged, cpv_labels, german_dev, matching_dev, need_offer, sample_cluster
from rankings import BASELINE, Reader, console, rankings_of
from relevance import MEASURES, Matrix, ndcg, paired_interval
from rich.table import Table

from matching.engine import Engine
from matching.model import default_directory


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


def main() -> None:
    engine = Engine.load(default_directory())
    reader = Reader(engine)
    console.print(f"analysis version {engine.version.number}")
    dev = matching_dev()
    rankings, _ = rankings_of(engine, dev, reader, in_background=True)
    quality_table("matching-dev (is the background too: see the halves below)", dev, rankings)
    print_decisions(engine, dev, sample_cluster(), reader)
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
