"""BM25 over split and stemmed words: candidates by words, and texts too short for vectors."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Generic, TypeVar

SATURATION = 1.2
LENGTH_SHARE = 0.75

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermStatistics:
    """How common each term is among `documents` texts of `mean_length` terms."""

    documents: int
    mean_length: float
    frequencies: Mapping[str, int]

    def rarity(self, term: str) -> float:
        found = self.frequencies.get(term, 0)
        return log(1 + (self.documents - found + 0.5) / (found + 0.5))

    def share(self, query: Iterable[str], document: tuple[str, ...]) -> float:
        """BM25 of the document as share (0 to 1) of the best any document could reach."""
        counted, terms = Counter(document), set(query)
        best = sum(self.rarity(term) for term in terms) * (SATURATION + 1)
        reached = sum(
            self.rarity(term) * self._saturated(counted[term], len(document))
            for term in sorted(terms & counted.keys())
        )
        return reached / best if best else 0.0

    def _saturated(self, count: int, length: int) -> float:
        return saturated(count, length=length, mean_length=self.mean_length)


def saturated(count: float, *, length: int, mean_length: float) -> float:
    """The part of BM25 that grows ever slower with the number of occurrences."""
    relative = length / mean_length if mean_length else 1.0
    norm = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * relative)
    return count * (SATURATION + 1) / (count + norm)


def term_statistics(documents: Iterable[tuple[str, ...]]) -> TermStatistics:
    frequencies: Counter[str] = Counter()
    count = length = 0
    for terms in documents:
        frequencies.update(set(terms))
        count += 1
        length += len(terms)
    return TermStatistics(
        documents=count, mean_length=length / max(count, 1), frequencies=frequencies
    )


class LexicalIndex(Generic[Key]):
    """Postings of the live listings of one side; terms are those of their analyses."""

    def __init__(self) -> None:
        self._postings: defaultdict[str, dict[Key, int]] = defaultdict(dict)
        self._terms: dict[Key, tuple[str, ...]] = {}
        self._length = 0

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, key: Key, terms: tuple[str, ...]) -> None:
        self.remove(key)
        self._terms[key] = terms
        self._length += len(terms)
        for term, count in Counter(terms).items():
            self._postings[term][key] = count

    def remove(self, key: Key) -> None:
        terms = self._terms.pop(key, ())
        self._length -= len(terms)
        for term in set(terms):
            postings = self._postings[term]
            postings.pop(key, None)
            if not postings:
                del self._postings[term]

    def best(self, query: Iterable[str], count: int) -> list[Key]:
        """The keys with the highest BM25, best first; those that share no term are absent."""
        scores = self.scores(query)
        return sorted(scores, key=lambda key: -scores[key])[:count]

    def scores(self, query: Iterable[str]) -> dict[Key, float]:
        scores: defaultdict[Key, float] = defaultdict(float)
        mean_length = self._length / max(len(self._terms), 1)
        for term in sorted(set(query) & self._postings.keys()):
            postings = self._postings[term]
            rarity = log(1 + (len(self._terms) - len(postings) + 0.5) / (len(postings) + 0.5))
            for key, count in postings.items():
                length = len(self._terms[key])
                scores[key] += rarity * saturated(count, length=length, mean_length=mean_length)
        return dict(scores)
