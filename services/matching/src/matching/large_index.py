"""For more listings than one matrix product bears: candidates by vector and by words, from files.

It is a cache: what it holds is read again from the database by the next process, so its folder may
be deleted while nobody uses it.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

from matching.analysis import Analysis
from matching.counterparts import Counterparts
from matching.term_index import TermIndex
from matching.token_file import TokenFile
from matching.vector_index import VectorIndex
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

VECTOR_CANDIDATES = 1000
"""The vectors' order is coarse: so many hold .95 of the exact best ten, 200 hold .84."""


class LargeIndex:
    """Listings of one analysis version by key; adding a known key replaces what it had."""

    def __init__(self, *, folder: Path | None, typical_deviation: float, version: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="matching-index-", dir=folder)
        path = Path(self._folder.name)
        self._file = TokenFile(path, version=version)
        self._vectors = {
            kind: VectorIndex(typical_deviation=typical_deviation) for kind in ListingKind
        }
        self._terms = {kind: TermIndex(_made(path / kind)) for kind in ListingKind}
        self._rows: dict[UUID, int] = {}
        self._keys: dict[int, UUID] = {}
        self._removed: list[int] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: UUID) -> bool:
        return key in self._rows

    def largest_side(self) -> int:
        return max(map(len, self._vectors.values()))

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
            side = {rows[key]: each for key, each in latest.items() if each.kind is kind}
            self._vectors[kind].add(list(side), list(side.values()), threads=threads)
            for row, analysis in side.items():
                self._terms[kind].add(row, analysis.terms)
        self._rows.update(rows)
        self._keys.update((row, key) for key, row in rows.items())

    def remove(self, key: UUID) -> None:
        row = self._rows.pop(key, None)
        if row is None:
            return
        del self._keys[row]
        analysis = self._file.analysis(row)
        self._vectors[analysis.kind].remove(row, analysis)
        self._terms[analysis.kind].remove(row, analysis.terms)
        self._file.remove(row)
        self._removed.append(row)

    def find(self, key: UUID) -> Analysis | None:
        row = self._rows.get(key)
        return None if row is None else self._file.analysis(row)

    def candidates(self, analysis: Analysis, count: int = WEIGHTS.candidates) -> tuple[UUID, ...]:
        """The best of the other side by vector, best first, then `count` further ones by words."""
        kind = ListingKind.OFFER if analysis.kind is ListingKind.REQUEST else ListingKind.REQUEST
        by_vector = self._vectors[kind].best(analysis, max(count, VECTOR_CANDIDATES))
        by_words = self._terms[kind].best(analysis.terms, count)
        return tuple(self._keys[row] for row in dict.fromkeys([*by_vector, *by_words]))

    def counterparts(self, keys: Iterable[UUID]) -> Counterparts:
        return self._file.counterparts([self._rows[key] for key in keys])

    @property
    def uncommitted(self) -> int:
        """What the words' search still reads from memory."""
        return sum(terms.uncommitted for terms in self._terms.values())

    def commit(self) -> None:
        """Move words to files and give freed rows out again; not for inside a transaction."""
        for terms in self._terms.values():
            terms.commit()
        self._file.release(self._removed)
        self._removed.clear()

    def close(self) -> None:
        self._file.close()
        for terms in self._terms.values():
            terms.close()
        self._folder.cleanup()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
