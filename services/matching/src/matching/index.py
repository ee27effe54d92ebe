"""The live listings in memory: candidates by one matrix product, and by words."""

from collections.abc import Hashable
from typing import Generic, TypeVar

import numpy as np

from matching.analysis import Analysis
from matching.bm25 import LexicalIndex
from matching.encoder import Floats
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

Key = TypeVar("Key", bound=Hashable)
FIRST_CAPACITY = 256


class MatrixIndex(Generic[Key]):
    """Exact search for up to 20,000 listings a side; adding a known id replaces it."""

    def __init__(self, *, typical_deviation: float) -> None:
        self._sides = {kind: _Side[Key](typical_deviation) for kind in ListingKind}
        self._kinds: dict[Key, ListingKind] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def __contains__(self, key: Key) -> bool:
        return key in self._kinds

    def add(self, key: Key, analysis: Analysis) -> None:
        self.remove(key)
        self._kinds[key] = analysis.kind
        self._sides[analysis.kind].add(key, analysis)

    def remove(self, key: Key) -> None:
        kind = self._kinds.pop(key, None)
        if kind is not None:
            self._sides[kind].remove(key)

    def candidates(self, analysis: Analysis, count: int = WEIGHTS.candidates) -> tuple[Key, ...]:
        """The best of the other side: `count` by vector, best first, then further ones by words."""
        return self._sides[_opposite(analysis.kind)].candidates(analysis, count)


class _Side(Generic[Key]):
    """Rows of one side; a removed row is filled by the last one."""

    def __init__(self, typical_deviation: float) -> None:
        self._typical = typical_deviation
        self._keys: list[Key] = []
        self._rows: dict[Key, int] = {}
        self._vectors: Floats = np.zeros((FIRST_CAPACITY, WEIGHTS.vector_dimensions), np.float32)
        self._words: LexicalIndex[Key] = LexicalIndex()

    def add(self, key: Key, analysis: Analysis) -> None:
        row = len(self._keys)
        if row == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[row] = analysis.vector * self._scale(analysis)
        self._keys.append(key)
        self._rows[key] = row
        self._words.add(key, analysis.terms)

    def remove(self, key: Key) -> None:
        row, last = self._rows.pop(key), self._keys.pop()
        if last != key:
            self._vectors[row] = self._vectors[len(self._keys)]
            self._keys[row] = last
            self._rows[last] = row
        self._words.remove(key)

    def candidates(self, analysis: Analysis, count: int) -> tuple[Key, ...]:
        products = self._vectors[: len(self._keys)] @ analysis.vector.astype(np.float32)
        by_vector = (self._keys[row] for row in _largest(products, count))
        return tuple(dict.fromkeys([*by_vector, *self._words.best(analysis.terms, count)]))

    def _scale(self, analysis: Analysis) -> float:
        """Recipe step 7 on the stored vector, so that offers that resemble all sink."""
        if analysis.spreads is None:
            return 1.0
        return 1.0 / max(analysis.spreads[2].deviation, self._typical)


def _largest(products: Floats, count: int) -> list[int]:
    if len(products) > count:
        found = np.argpartition(-products, count)[:count]
    else:
        found = np.arange(len(products))
    rows: list[int] = found[np.argsort(-products[found], kind="stable")].tolist()
    return rows


def _opposite(kind: ListingKind) -> ListingKind:
    return ListingKind.OFFER if kind is ListingKind.REQUEST else ListingKind.REQUEST
