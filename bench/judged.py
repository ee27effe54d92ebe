"""The judged sets of the bench: requests, offers and the grade of every pair."""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from relevance import Matrix

from matching.listing_text import ListingText
from matching.shipped_background import BACKGROUND, shipped_listings
from schemas.vocabulary import Language, ListingKind

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parents[1] / "deploy" / "embedded" / "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Requests, offers, and the grade of every pair."""

    requests: list[ListingText]
    offers: list[ListingText]
    grades: Matrix

    def subset(self, requests: Sequence[int], offers: Sequence[int]) -> "Judged":
        return Judged(
            requests=[self.requests[i] for i in requests],
            offers=[self.offers[j] for j in offers],
            grades=self.grades[np.ix_(requests, offers)],
        )


def matching_dev() -> Judged:
    listings = shipped_listings()
    requests = [entry for entry in listings if entry.text.kind is ListingKind.REQUEST]
    offers = [entry for entry in listings if entry.text.kind is ListingKind.OFFER]
    rows = {entry.ref: place for place, entry in enumerate(requests)}
    columns = {entry.ref: place for place, entry in enumerate(offers)}
    grades = np.zeros((len(requests), len(offers)))
    judged = BACKGROUND / "qrels.tsv"
    for line in csv.DictReader(judged.read_text().splitlines(), delimiter="\t"):
        grades[rows[line["ref_request"]], columns[line["ref_offer"]]] = float(line["grade"])
    return Judged(
        requests=[entry.text for entry in requests],
        offers=[entry.text for entry in offers],
        grades=grades,
    )


def sample_cluster() -> Judged:
    """The demo's cluster, written and judged apart from the development set."""
    pairs = _records(SAMPLE / "pairs.tsv", "\t")
    judged = {(pair["request"], pair["offer"]): float(pair["grade"]) for pair in pairs}
    return _of_file(SAMPLE / "listings.csv", judged, ref="external_id")


def near_misses() -> Judged:
    """Written without the engine in mind: few words in common, and offers that nearly fit."""
    folder = DATA / "near-misses"
    pairs = _records(folder / "qrels.tsv", "\t")
    judged = {(pair["ref_request"], pair["ref_offer"]): float(pair["grade"]) for pair in pairs}
    return _of_file(folder / "listings.csv", judged, ref="ref")


def _of_file(path: Path, judged: Mapping[tuple[str, str], float], *, ref: str) -> Judged:
    rows = list(_records(path, ","))
    requests = [row for row in rows if row["kind"] == ListingKind.REQUEST]
    offers = [row for row in rows if row["kind"] == ListingKind.OFFER]
    grades = [[judged.get((mine[ref], other[ref]), 0.0) for other in offers] for mine in requests]
    return Judged(
        requests=[_posted(row) for row in requests],
        offers=[_posted(row) for row in offers],
        grades=np.array(grades),
    )


def _records(path: Path, delimiter: str) -> Iterable[dict[str, str]]:
    return csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter=delimiter)


def _posted(row: dict[str, str]) -> ListingText:
    return ListingText(
        kind=ListingKind(row["kind"]),
        title=row["title"],
        description=row["description"],
        tags=tuple(tag for tag in row["tags"].split("|") if tag),
        category=row["category"],
        language=Language(row["language"]),
    )


def german_dev(distractors: Iterable[str] = ()) -> Judged:
    requests, offers = (_topics(name) for name in ("requests", "offers"))
    pairs = [[float(mine == theirs) for theirs, _ in offers] for mine, _ in requests]
    more = [("", label) for label in distractors]
    grades = np.pad(np.array(pairs), ((0, 0), (0, len(more))))
    return Judged(
        requests=[_title(text, ListingKind.REQUEST) for _, text in requests],
        offers=[_title(text, ListingKind.OFFER) for _, text in chain(offers, more)],
        grades=grades,
    )


def need_offer(folder: Path) -> Judged:
    """The 50 needs with known matches; copies of a known match count as known."""
    needs = dict(_lines(folder / "needs.tsv"))
    offers = _lines(folder / "offers.tsv")
    gold: dict[str, set[str]] = {}
    texts = dict(offers)
    for need, offer in _lines(folder / "gold.tsv"):
        gold.setdefault(need, set()).add(_bare(texts.get(offer, offer)))
    rows = [need for need in gold if need in needs]
    grades = [[float(_bare(text) in gold[need]) for _, text in offers] for need in rows]
    return Judged(
        requests=[_title(needs[need], ListingKind.REQUEST, Language.ENGLISH) for need in rows],
        offers=[_title(text, ListingKind.OFFER, Language.ENGLISH) for _, text in offers],
        grades=np.array(grades),
    )


def _topics(name: str) -> list[tuple[str, str]]:
    return _lines(DATA / "german-dev" / f"{name}.tsv")


def _lines(path: Path) -> list[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in lines if "\t" in line]


def _title(text: str, kind: ListingKind, language: Language = Language.GERMAN) -> ListingText:
    return ListingText(kind=kind, title=text, category="", language=language)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"https?\S+|[^\w ]|^RT\s+@\w+:?", " ", text.lower()).split())


def cpv_labels(path: Path) -> list[str]:
    """The German labels of the procurement vocabulary, as distractors."""
    german, _ = json.loads(path.read_text(encoding="utf-8"))
    return list(german.values())
