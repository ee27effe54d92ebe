"""The nearest of one side by their 256-byte vectors: a graph of neighbours, nearly exact."""

from collections.abc import Sequence

import numpy as np
from usearch.index import Index

from matching.analysis import Analysis
from matching.candidate_vector import DIMENSIONS, Vector, asked_vector, stored_vector

NEIGHBOURS = 32
EXPANSION_ADD = 200
EXPANSION_SEARCH = 1300
"""How many nodes a search keeps in view; `bench/latency.py` prints the recall that this gives."""


class VectorGraph:
    """Rows by the inner product of their vectors; a vector is one node, whoever has it.

    Equal vectors would link to nothing but each other, and the graph would fall into pieces.
    """

    def __init__(self, *, typical_deviation: float) -> None:
        self._typical = typical_deviation
        self._graph = Index(
            ndim=DIMENSIONS,
            metric="ip",
            dtype="i8",
            connectivity=NEIGHBOURS,
            expansion_add=EXPANSION_ADD,
            expansion_search=EXPANSION_SEARCH,
        )
        self._nodes: dict[int, int] = {}
        self._equals: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return len(self._graph) + sum(len(rows) - 1 for rows in self._equals.values())

    def add(self, rows: Sequence[int], analyses: Sequence[Analysis], *, threads: int = 1) -> None:
        new: dict[int, Vector] = {}
        for row, analysis in zip(rows, analyses, strict=True):
            vector = self._stored(analysis)
            node = self._nodes.setdefault(_digest(vector), row)
            if node == row:
                new[row] = vector
            else:
                self._equals.setdefault(node, [node]).append(row)
        if new:
            keys = np.fromiter(new, np.uint64, len(new))
            self._graph.add(keys, np.stack(list(new.values())), threads=threads)

    def remove(self, row: int, analysis: Analysis) -> None:
        """The analysis is the one that the row was added with."""
        digest = _digest(self._stored(analysis))
        node = self._nodes[digest]
        equal = self._equals.get(node, [node])
        equal.remove(row)
        if row == node:
            self._graph.remove(node)
            del self._nodes[digest]
            self._equals.pop(node, None)
            if equal:
                self._stand_in(equal, digest, analysis)

    def best(self, analysis: Analysis, count: int) -> list[int]:
        """Rows whose vectors have the largest products with this one, best first."""
        if not len(self._graph):
            return []
        query = asked_vector(analysis, typical_deviation=self._typical)
        nodes = self._graph.search(query, count).keys.tolist()
        return [row for node in nodes for row in self._equals.get(node, (node,))][:count]

    def _stored(self, analysis: Analysis) -> Vector:
        return stored_vector(analysis, typical_deviation=self._typical)

    def _stand_in(self, equal: list[int], digest: int, analysis: Analysis) -> None:
        """Another row of the same vector becomes its node."""
        node = equal[0]
        self._nodes[digest] = node
        if len(equal) > 1:
            self._equals[node] = equal
        self._graph.add(np.array([node], np.uint64), self._stored(analysis)[None])


def _digest(vector: Vector) -> int:
    return hash(vector.tobytes())
