"""Live listings in files: candidates by vector and by words, and all that scores need of them.

It is a cache: what it holds is read again from the database by the next process.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from matching.analysis import Analysis
from matching.counterparts import Counterparts
from matching.index_folder import IndexFolder
from matching.term_index import TermIndex
from matching.token_file import TokenFile
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind


class Vectors(Protocol):
    """One side by its vectors, exactly or nearly so; a row is removed with what it was added."""

    def __len__(self) -> int: ...
    def add(
        self, rows: Sequence[int], analyses: Sequence[Analysis], *, threads: int = 1
    ) -> None: ...
    def remove(self, row: int, analysis: Analysis) -> None: ...
    def best(self, analysis: Analysis, count: int) -> list[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """All offers, or all requests, by row of the token file."""

    vectors: Vectors
    terms: TermIndex


class FiledIndex:
    """Listings of one analysis version by key; adding a known key replaces what it had."""

    def __init__(
        self,
        sides: Mapping[ListingKind, Side],
        *,
        tokens: TokenFile,
        by_vector: int,
        folder: IndexFolder | None = None,
    ) -> None:
        self._sides = sides
        self._file = tokens
        self._by_vector = by_vector
        self._folder = folder
        self._rows: dict[UUID, int] = {}
        self._keys: dict[int, UUID] = {}
        self._removed: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: UUID) -> bool:
        return key in self._rows

    def largest_side(self) -> int:
        return max(len(side.vectors) for side in self._sides.values())

    def keys(self) -> list[UUID]:
        return list(self._rows)

    def add(self, key: UUID, analysis: Analysis) -> None:
        self.add_many([(key, analysis)])

    def add_many(self, listings: Sequence[tuple[UUID, Analysis]], *, threads: int = 1) -> None:
        """The same for many at once, on more than one core."""
        latest = dict(listings)
        for key in latest:
            self.remove(key)
        rows = {key: self._file.add(analysis) for key, analysis in latest.items()}
        for kind in ListingKind:
            own = {rows[key]: each for key, each in latest.items() if each.kind is kind}
            self._sides[kind].vectors.add(list(own), list(own.values()), threads=threads)
            for row, analysis in own.items():
                self._sides[kind].terms.add(row, analysis.terms)
        self._rows.update(rows)
        self._keys.update((row, key) for key, row in rows.items())

    def remove(self, key: UUID) -> None:
        row = self._rows.pop(key, None)
        if row is None:
            return
        del self._keys[row]
        analysis = self._file.analysis(row)
        side = self._sides[analysis.kind]
        side.vectors.remove(row, analysis)
        side.terms.remove(row, analysis.terms)
        self._file.remove(row)
        self._removed.append(row)

    def find(self, key: UUID) -> Analysis | None:
        row = self._rows.get(key)
        return None if row is None else self._file.analysis(row)

    def candidates(self, analysis: Analysis, count: int = WEIGHTS.candidates) -> tuple[UUID, ...]:
        """The best of the other side by vector, best first, then `count` further ones by words."""
        kind = ListingKind.OFFER if analysis.kind is ListingKind.REQUEST else ListingKind.REQUEST
        by_vector = self._sides[kind].vectors.best(analysis, max(count, self._by_vector))
        by_words = self._sides[kind].terms.best(analysis.terms, count)
        return tuple(self._keys[row] for row in dict.fromkeys([*by_vector, *by_words]))

    def counterparts(self, keys: Iterable[UUID]) -> Counterparts:
        return self._file.counterparts([self._rows[key] for key in keys])

    @property
    def uncommitted(self) -> int:
        """What the words' search still reads from memory."""
        return sum(side.terms.uncommitted for side in self._sides.values())

    def commit(self) -> None:
        """Move words to files and give freed rows out again; not for inside a transaction."""
        for side in self._sides.values():
            side.terms.commit()
        self._file.release(self._removed)
        self._removed.clear()

    def close(self) -> None:
        self._file.close()
        for side in self._sides.values():
            side.terms.close()
        if self._folder is not None:
            self._folder.close()
