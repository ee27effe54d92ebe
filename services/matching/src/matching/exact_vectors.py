"""The nearest of one side by their 256-byte vectors, exactly: one matrix product."""

from collections.abc import Sequence

import numpy as np

from matching.analysis import Analysis
from matching.candidate_vector import DIMENSIONS, asked_vector, stored_vector
from matching.encoder import Floats

FIRST_CAPACITY = 256


class ExactVectors:
    """Rows in the order they came; the place of a removed one is taken by the last."""

    def __init__(self, *, typical_deviation: float) -> None:
        self._typical = typical_deviation
        self._rows: list[int] = []
        self._places: dict[int, int] = {}
        self._vectors: Floats = np.zeros((FIRST_CAPACITY, DIMENSIONS), np.float32)

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, rows: Sequence[int], analyses: Sequence[Analysis], *, threads: int = 1) -> None:  # noqa: ARG002 - one is enough here
        for row, analysis in zip(rows, analyses, strict=True):
            place = len(self._rows)
            if place == len(self._vectors):
                self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
            self._vectors[place] = stored_vector(analysis, typical_deviation=self._typical)
            self._rows.append(row)
            self._places[row] = place

    def remove(self, row: int, analysis: Analysis) -> None:  # noqa: ARG002 - the graph needs it
        place, last = self._places.pop(row), self._rows.pop()
        if last != row:
            self._vectors[place] = self._vectors[len(self._rows)]
            self._rows[place] = last
            self._places[last] = place

    def best(self, analysis: Analysis, count: int) -> list[int]:
        """Rows whose vectors have the largest products with this one, best first."""
        asked = asked_vector(analysis, typical_deviation=self._typical).astype(np.float32)
        products = self._vectors[: len(self._rows)] @ asked
        return [self._rows[place] for place in _largest(products, count)]


def _largest(products: Floats, count: int) -> list[int]:
    if len(products) > count:
        found = np.argpartition(-products, count)[:count]
    else:
        found = np.arange(len(products))
    places: list[int] = found[np.argsort(-products[found], kind="stable")].tolist()
    return places
