"""For up to 20,000 listings a side: all in memory, candidates by one exact matrix product."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from matching.analysis import Analysis
from matching.counterparts import Counterparts, counterparts_of
from matching.index import MatrixIndex
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind


class SmallIndex:
    """Listings of one analysis version by key; adding a known key replaces what it had."""

    def __init__(self, *, typical_deviation: float) -> None:
        self._matrix: MatrixIndex[UUID] = MatrixIndex(typical_deviation=typical_deviation)
        self._analyses: dict[UUID, Analysis] = {}
        self._sizes = dict.fromkeys(ListingKind, 0)

    def __len__(self) -> int:
        return len(self._analyses)

    def __contains__(self, key: UUID) -> bool:
        return key in self._analyses

    def largest_side(self) -> int:
        return max(self._sizes.values())

    def keys(self) -> list[UUID]:
        return list(self._analyses)

    def add(self, key: UUID, analysis: Analysis) -> None:
        self.remove(key)
        self._analyses[key] = analysis
        self._sizes[analysis.kind] += 1
        self._matrix.add(key, analysis)

    def add_many(self, listings: Sequence[tuple[UUID, Analysis]], *, threads: int = 1) -> None:  # noqa: ARG002 - one is enough here
        for key, analysis in listings:
            self.add(key, analysis)

    def remove(self, key: UUID) -> None:
        analysis = self._analyses.pop(key, None)
        if analysis is not None:
            self._sizes[analysis.kind] -= 1
            self._matrix.remove(key)

    def find(self, key: UUID) -> Analysis | None:
        return self._analyses.get(key)

    def candidates(self, analysis: Analysis, count: int = WEIGHTS.candidates) -> tuple[UUID, ...]:
        return self._matrix.candidates(analysis, count)

    def counterparts(self, keys: Iterable[UUID]) -> Counterparts:
        return counterparts_of([self._analyses[key] for key in keys])

    @property
    def uncommitted(self) -> int:
        return 0

    def commit(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        self._analyses.clear()
