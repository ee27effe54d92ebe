"""What the service's two indexes have in common, and how each is made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from matching.analysis import Analysis
from matching.counterparts import Counterparts
from matching.large_index import LargeIndex
from matching.small_index import SmallIndex
from matching.weights import WEIGHTS

LARGE_FROM = 20_000
SMALL_FROM = 15_000


class ListingIndex(Protocol):
    """What both indexes do; keys are of listings or of their parts."""

    def __len__(self) -> int: ...
    def __contains__(self, key: UUID) -> bool: ...
    def largest_side(self) -> int: ...
    def keys(self) -> list[UUID]: ...
    def add(self, key: UUID, analysis: Analysis) -> None: ...
    def add_many(self, listings: Sequence[tuple[UUID, Analysis]], *, threads: int = 1) -> None: ...
    def remove(self, key: UUID) -> None: ...
    def find(self, key: UUID) -> Analysis | None: ...
    def candidates(
        self, analysis: Analysis, count: int = WEIGHTS.candidates
    ) -> tuple[UUID, ...]: ...
    def counterparts(self, keys: Iterable[UUID]) -> Counterparts: ...
    @property
    def uncommitted(self) -> int: ...
    def commit(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """`typical_deviation` and `version` are of the analyses; `folder` None is the system's own."""

    typical_deviation: float
    version: str
    folder: Path | None = None
    large_from: int = LARGE_FROM
    small_from: int = SMALL_FROM

    def small(self) -> ListingIndex:
        return SmallIndex(typical_deviation=self.typical_deviation)

    def large(self) -> ListingIndex:
        return LargeIndex(
            folder=self.folder, typical_deviation=self.typical_deviation, version=self.version
        )
