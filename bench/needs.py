"""Further needs: not looked for, found where a text states them, given as lines of their own."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from judged import SAMPLE, Judged
from numpy.typing import NDArray
from rankings import Reader, recipe_q
from relevance import MEASURES, Matrix, proposals
from report import Report

from matching.conditions import Conditions
from matching.encoder import Encoder, Encoding
from matching.engine import Engine
from matching.file_reading import read_file
from matching.listing_file import FileListing
from matching.listing_text import ListingText
from matching.rank import RunLine, joined_engine, ranked
from matching.shipped_background import shipped_listings
from schemas.vocabulary import ListingKind

NEEDS = Path(__file__).parent / "data" / "needs.tsv"
UNRANKED = -1e9

Needs = Sequence[tuple[str, ...]]


class Remembered:
    """An encoder that reads each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Encoding] = {}

    def encode(self, text: str) -> Encoding:
        if text not in self._known:
            self._known[text] = self._encoder.encode(text)
        return self._known[text]


def report_needs(
    report: Report, engine: Engine, reader: Reader, sets: Mapping[str, Judged]
) -> None:
    """Every request of a set, the ones without further needs as well."""
    remembering = replace(engine, encoder=Remembered(engine.encoder))
    rows = [
        row for name, judged in sets.items() for row in _compared(name, judged, remembering, reader)
    ]
    columns = ("further needs", *MEASURES, "hit rate", "false alarms", "pairs", "fit")
    report.table("Further needs, the set's own background joined", columns, rows)


def _compared(
    name: str, judged: Judged, engine: Engine, reader: Reader
) -> Iterator[tuple[str, ...]]:
    joined = _joined(engine, judged, reader)
    alone = recipe_q(joined.version, judged, reader, in_background=True)
    yield _row(f"{name}, not looked for", judged, alone.q, alone.proposed(joined.thresholds))
    given: dict[str, Needs] = {"as the text states them": [()] * len(judged.requests)}
    if name in LINES:
        given["as lines too"] = LINES[name]()
    for label, needs in given.items():
        listings = tuple(_listings(judged, needs))
        order = _matrix(_run(engine, listings, proposed_only=False), judged)
        proposed = _matrix(_run(engine, listings, proposed_only=True), judged) > UNRANKED
        yield _row(f"{name}, {label}", judged, order, proposed)


def _joined(engine: Engine, judged: Judged, reader: Reader) -> Engine:
    texts = [*judged.requests, *judged.offers]
    return joined_engine(engine, texts, reader.read(texts), progress=_quietly)


def _row(name: str, judged: Judged, order: Matrix, proposed: NDArray[np.bool_]) -> tuple[str, ...]:
    grades = judged.grades
    found = proposals(proposed, grades, np.arange(len(grades)))
    values = (f"{measure(order, grades).mean():.3f}" for measure in MEASURES.values())
    rates = (f"{rate.mean:.2f}" for rate in (found.hits, found.false_alarms))
    return (name, *values, *rates, str(len(found.grades)), f"{(found.grades > 0).mean():.2f}")


def _listings(judged: Judged, needs: Needs) -> Iterator[FileListing]:
    nobody, nothing = Conditions(), ()
    for place, (text, own) in enumerate(zip(judged.requests, needs, strict=True)):
        yield FileListing(ref=f"r{place}", text=text, needs=own, conditions=nobody)
    for place, text in enumerate(judged.offers):
        yield FileListing(ref=f"o{place}", text=text, needs=nothing, conditions=nobody)


def _run(
    engine: Engine, listings: Sequence[FileListing], *, proposed_only: bool
) -> tuple[RunLine, ...]:
    read = read_file(engine, listings, progress=_quietly).listings
    return ranked(
        engine, read, progress=_quietly, proposed_only=proposed_only, join_background=True
    )


def _quietly(texts: Sequence[ListingText], _label: str) -> Iterable[ListingText]:
    return texts


def _matrix(run: Iterable[RunLine], judged: Judged) -> Matrix:
    found = np.full(judged.grades.shape, UNRANKED)
    for line in run:
        found[int(line.request_ref[1:]), int(line.offer_ref[1:])] = line.score
    return found


def _needs_of_dev() -> Needs:
    """Taken from the requests' own words; which offers fit them was judged before."""
    with NEEDS.open(encoding="utf-8", newline="") as file:
        lines = [(row["request"], row["need"]) for row in csv.DictReader(file, delimiter="\t")]
    refs = [each.ref for each in shipped_listings() if each.text.kind is ListingKind.REQUEST]
    return [tuple(need for ref, need in lines if ref == own) for own in refs]


def _needs_of_sample() -> Needs:
    with (SAMPLE / "listings.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == ListingKind.REQUEST]
    return [tuple(filter(None, row["needs"].split("|"))) for row in rows]


LINES = {"matching-dev": _needs_of_dev, "sample": _needs_of_sample}
