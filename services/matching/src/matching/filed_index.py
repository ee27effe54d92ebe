"""Live listings in files: candidates by vector and by words, and all that scores need of them.

It is a cache: what it holds is read again from the database by the next process. It is safe for
more than one thread; each waits for the other.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from matching.analysis import Analysis
from matching.counterparts import Counterparts
from matching.index_folder import IndexFolder
from matching.term_index import TermIndex
from matching.term_writing import RETRY_SECONDS, TermWriting
from matching.token_file import TokenFile
from matching.vector_cells import VectorCells
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

LEAST_BY_VECTOR = 300
MOST_BY_VECTOR = 1_250
ONE_IN = 40
"""The vectors' order is coarse: among 50,000 the best 1,250, with those by words, hold .975 of the
exact best ten, 800 hold .970 and 500 hold .950; among 5,000, 256 hold .98 of what 600 do. Among
half a million 1,000 hold .79, 1,500 hold .84 and 4,000 hold .91."""

COMMIT_FROM = 500
"""So many listings are searched by brute force before their words become files."""


class IndexClosed(Exception):
    """Another version's index took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """All offers, or all requests, by row of the token file."""

    vectors: VectorCells
    terms: TermIndex

    def near(self, analysis: Analysis, count: int | None) -> list[int]:
        """None is as many as hold the best of a side of this size."""
        if count is None:
            count = min(max(len(self.vectors) // ONE_IN, LEAST_BY_VECTOR), MOST_BY_VECTOR)
        return self.vectors.best(analysis, count) if count else []

    def alike(self, analysis: Analysis, count: int) -> list[int]:
        return self.terms.best(analysis.terms, count) if count else []


class FiledIndex:
    """Listings of one analysis version by key; adding a known key replaces what it had."""

    def __init__(
        self,
        sides: Mapping[ListingKind, Side],
        *,
        tokens: TokenFile,
        folder: IndexFolder,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._sides = sides
        self._file = tokens
        self._folder = folder
        self._rows: dict[UUID, int] = {}
        self._keys: dict[int, UUID] = {}
        self._removed: list[int] = []
        self._lock = threading.RLock()
        self._closed = False
        self._writing = TermWriting(retry_seconds)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: UUID) -> bool:
        return key in self._rows

    def add(self, key: UUID, analysis: Analysis) -> None:
        self.add_many([(key, analysis)])

    def add_many(self, listings: Sequence[tuple[UUID, Analysis]]) -> None:
        latest = dict(listings)
        with self._lock:
            for key in latest:
                self.remove(key)
            rows = dict(zip(latest, self._file.add_many(list(latest.values())), strict=True))
            for kind, side in self._sides.items():
                own = {rows[key]: each for key, each in latest.items() if each.kind is kind}
                side.vectors.add(list(own), list(own.values()))
                for row, analysis in own.items():
                    side.terms.add(row, analysis.terms)
            self._rows.update(rows)
            self._keys.update((row, key) for key, row in rows.items())

    def remove(self, key: UUID) -> None:
        with self._lock:
            row = self._rows.pop(key, None)
            if row is None:
                return
            del self._keys[row]
            side = self._sides[self._file.kind(row)]
            side.vectors.remove(row)
            side.terms.remove(row, self._file.terms(row))
            self._file.remove(row)
            self._removed.append(row)

    def find(self, key: UUID) -> Analysis | None:
        with self._lock:
            row = self._rows.get(key)
            return None if row is None else self._file.analysis(row)

    def candidates(
        self,
        analysis: Analysis,
        *,
        by_vector: int | None = None,
        by_words: int = WEIGHTS.candidates,
    ) -> tuple[UUID, ...]:
        """The best of the other side by vector, best first, then further ones by words."""
        kind = ListingKind.OFFER if analysis.kind is ListingKind.REQUEST else ListingKind.REQUEST
        with self._lock:
            side = self._sides[kind]
            rows = dict.fromkeys([*side.near(analysis, by_vector), *side.alike(analysis, by_words)])
            return tuple(map(self._keys.__getitem__, rows))

    def counterparts(self, keys: Iterable[UUID]) -> Counterparts:
        with self._lock:
            return self._file.counterparts(list(map(self._rows.__getitem__, keys)))

    @property
    def uncommitted(self) -> int:
        """What the words' search still reads from memory."""
        return sum(side.terms.uncommitted for side in self._sides.values())

    def commit(self, *, at_least: int = COMMIT_FROM) -> None:
        """Where enough waits: make files of new words, divide vectors anew, free removed rows.

        It takes as long as a disk does: call it outside any transaction. Where the disk refuses,
        words are found in memory until a later call writes all of them anew.
        """
        with self._lock:
            if self.uncommitted < at_least or self._writing.waits:
                return
            for side in self._sides.values():
                side.vectors.arrange()
            rows = {kind: partial(self._rows_of, kind) for kind in self._sides}
            if self._writing.done((side.terms, rows[kind]) for kind, side in self._sides.items()):
                self._file.release(self._removed)
                self._removed.clear()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Nothing is added, removed or closed meanwhile: what is asked in steps fits together."""
        with self._lock:
            if self._closed:
                raise IndexClosed
            yield

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._file.close()
            for side in self._sides.values():
                side.terms.close()
            self._folder.close()

    def _rows_of(self, kind: ListingKind) -> Iterator[tuple[int, tuple[str, ...]]]:
        return ((row, self._file.terms(row)) for row in self._keys if self._file.kind(row) is kind)
