"""The nearest of one side by their bytes: among all of a few, in the likeliest cells of many.

A search finds exactly the best of a side up to `LOOKED_AT`, and nearly all of the best of a larger
one, of which it looks at a part.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.analysis import Analysis
from matching.candidate_vector import DIMENSIONS, asked_vector, stored_vector
from matching.cell import Bytes, Cell, Products, Rows
from matching.centres import centres_of, nearest
from matching.encoder import Floats

LOOKED_AT = 20_000
ONE_IN = 12
"""So many vectors are looked at, or such a part of a large side: of half a million, 40,000 order
the best ten as well as all do, 20,000 lose one in twenty of them."""

CELLS_LOOKED_AT = 30
"""A search looks at about so many cells: fewer would be coarse, more are slower to go through."""

FIRST_CAPACITY = 1_024


class VectorCells:
    """Rows by the inner product of their vectors; a cell holds those nearest to its centre."""

    def __init__(self, *, typical_deviation: float, looked_at: int = LOOKED_AT) -> None:
        self._typical = typical_deviation
        self._looked_at = looked_at
        self._centres: Floats = np.zeros((1, DIMENSIONS), np.float32)
        self._cells = [Cell()]
        self._where: NDArray[np.int32] = np.zeros((FIRST_CAPACITY, 2), np.int32)

    def __len__(self) -> int:
        return sum(map(len, self._cells))

    def add(self, rows: Sequence[int], analyses: Sequence[Analysis]) -> None:
        if analyses:
            vectors = [stored_vector(each, typical_deviation=self._typical) for each in analyses]
            self._put(np.array(rows, np.int64), np.stack(vectors))

    def remove(self, row: int) -> None:
        number, place = self._where[row].tolist()
        moved = self._cells[number].remove(place)
        self._where[moved] = number, place

    def arrange(self) -> None:
        """Make more cells where the number has doubled; half a million take some seconds."""
        large = len(self) > self._looked_at
        wanted = len(self) * CELLS_LOOKED_AT // self._looked_at if large else 1
        if wanted < 2 * len(self._cells):
            return
        rows = np.concatenate([each.rows for each in self._cells])
        vectors = np.concatenate([each.vectors for each in self._cells])
        self._centres = centres_of(vectors, wanted)
        self._cells = [Cell() for _ in range(wanted)]
        self._put(rows, vectors)

    def best(self, analysis: Analysis, count: int) -> list[int]:
        """Rows whose vectors have the largest products with this one, best first."""
        asked = asked_vector(analysis, typical_deviation=self._typical)
        cells = self._likeliest(asked)
        products = np.concatenate([each.products(asked) for each in cells])
        rows = np.concatenate([each.rows for each in cells])
        found: list[int] = rows[_largest(products, count)].tolist()
        return found

    def _put(self, rows: Rows, vectors: Bytes) -> None:
        self._reserve(int(rows.max()) + 1)
        numbers = nearest(vectors, self._centres)
        for number in np.unique(numbers).tolist():
            own = np.flatnonzero(numbers == number)
            places = self._cells[number].add(rows[own], vectors[own])
            self._where[rows[own], 0] = number
            self._where[rows[own], 1] = places

    def _reserve(self, rows: int) -> None:
        if rows > len(self._where):
            more = max(rows, 2 * len(self._where)) - len(self._where)
            self._where = np.concatenate([self._where, np.zeros((more, 2), np.int32)])

    def _likeliest(self, asked: Bytes) -> list[Cell]:
        """The cells whose centres promise most, until they hold enough."""
        order = np.argsort(-(self._centres @ asked.astype(np.float32)), kind="stable")
        cells = [self._cells[number] for number in order.tolist()]
        held = np.cumsum([len(each) for each in cells])
        enough = max(self._looked_at, int(held[-1]) // ONE_IN)
        return cells[: int(np.searchsorted(held, enough)) + 1]


def _largest(products: Products, count: int) -> NDArray[np.intp]:
    """Places of the largest, largest first; equals keep their order."""
    found = np.arange(len(products))
    if len(products) > count:
        least = np.partition(products, -count)[-count]
        found = np.flatnonzero(products >= least)
    ordered: NDArray[np.intp] = found[np.argsort(-products[found], kind="stable")][:count]
    return ordered
