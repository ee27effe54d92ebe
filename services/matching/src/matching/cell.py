"""Vectors that lie near each other, side by side: to look at all is to read them once."""

import numkong
import numpy as np
from numpy.typing import NDArray

from matching.candidate_vector import DIMENSIONS

FIRST_CAPACITY = 16
GROWTH = 4
"""It grows by a fourth of its size."""

Bytes = NDArray[np.int8]
Rows = NDArray[np.int64]
Products = NDArray[np.float64]


class Cell:
    """Rows in the order they came; the place of a removed one is taken by the last."""

    __slots__ = ("_count", "_rows", "_vectors")

    def __init__(self) -> None:
        self._count = 0
        self._rows: Rows = np.zeros(FIRST_CAPACITY, np.int64)
        self._vectors: Bytes = np.zeros((FIRST_CAPACITY, DIMENSIONS), np.int8)

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Rows:
        return self._rows[: self._count]

    @property
    def vectors(self) -> Bytes:
        return self._vectors[: self._count]

    def add(self, rows: Rows, vectors: Bytes) -> NDArray[np.int64]:
        """The places they were given."""
        first, self._count = self._count, self._count + len(rows)
        if self._count > len(self._rows):
            self._grow(self._count + self._count // GROWTH)
        self._rows[first : self._count] = rows
        self._vectors[first : self._count] = vectors
        return np.arange(first, self._count)

    def remove(self, place: int) -> int:
        """The row that lies in this place afterwards, or the removed one where it was the last."""
        self._count -= 1
        moved = int(self._rows[self._count])
        self._rows[place] = moved
        self._vectors[place] = self._vectors[self._count]
        return moved

    def products(self, asked: Bytes) -> Products:
        """Exact inner products with what is asked, in the order of the rows."""
        if not self._count:
            return np.zeros(0)
        found: Products = np.asarray(numkong.cdist(asked[None, :], self.vectors, metric="dot"))[0]
        return found

    def _grow(self, capacity: int) -> None:
        rows, vectors = self.rows, self.vectors
        self._rows = np.zeros(capacity, np.int64)
        self._vectors = np.zeros((capacity, DIMENSIONS), np.int8)
        self._rows[: len(rows)] = rows
        self._vectors[: len(vectors)] = vectors
