"""The index that fits the number of listings: it changes while the service runs, nobody waits.

Above `large_from` listings a side another thread fills the large index from the small one; what
changes meanwhile is noted and done again when it takes over. Below `small_from` the way back.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from matching.analysis import Analysis
from matching.counterparts import Counterparts
from matching.filed_index import FiledIndex
from matching.listing_index import IndexSettings
from matching.weights import WEIGHTS

log = structlog.get_logger(__name__)

AT_ONCE = 256
TRY_AGAIN_AFTER = 1000
"""So many listings more or fewer: what failed, on a full disk perhaps, is not tried at once."""

COMMIT_WHILE_FILLING = 5_000
COMMIT_FROM = 500
"""So many listings are searched by brute force before their words become files."""


@dataclass(slots=True)
class _Move:
    """A successor being filled; `changed` is what must be looked at again before it takes over."""

    successor: FiledIndex
    changed: set[UUID] = field(default_factory=set)
    thread: threading.Thread | None = None
    failed: bool = False

    @property
    def is_over(self) -> bool:
        return self.thread is not None and not self.thread.is_alive()


class ChosenIndex:
    """One of the two; safe for its callers' thread and its own. `expected` is the larger side."""

    def __init__(self, settings: IndexSettings, *, expected: int = 0) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._move: _Move | None = None
        self._failed_at = -TRY_AGAIN_AFTER
        self._is_large = expected > settings.large_from
        self._index = settings.large() if self._is_large else settings.small()

    @property
    def is_large(self) -> bool:
        return self._is_large

    @property
    def is_moving(self) -> bool:
        return self._move is not None

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, key: UUID) -> bool:
        return key in self._index

    def add(self, key: UUID, analysis: Analysis) -> None:
        self.add_many([(key, analysis)])

    def add_many(self, listings: Sequence[tuple[UUID, Analysis]], *, threads: int = 1) -> None:
        with self._lock:
            self._index.add_many(listings, threads=threads)
            self._note(key for key, _ in listings)
        self.settle()

    def remove(self, key: UUID) -> None:
        with self._lock:
            self._index.remove(key)
            self._note([key])
        self.settle()

    def find(self, key: UUID) -> Analysis | None:
        with self._lock:
            return self._index.find(key)

    def candidates(self, analysis: Analysis, count: int = WEIGHTS.candidates) -> tuple[UUID, ...]:
        with self._lock:
            return self._index.candidates(analysis, count)

    def counterparts(self, keys: Iterable[UUID]) -> Counterparts:
        with self._lock:
            return self._index.counterparts(keys)

    def commit(self, *, at_least: int = COMMIT_FROM) -> None:
        """Make files of new words where enough wait; call it outside any transaction."""
        with self._lock:
            if self._index.uncommitted >= at_least:
                self._index.commit()
        self.settle()

    def settle(self) -> None:
        """Begin to change indexes, or end it, if it is time."""
        if self._move is None:
            successor = self._successor()
            if successor is not None:
                self._begin(successor)
        elif self._move.is_over:
            self._end(self._move)

    def close(self) -> None:
        if self._move is not None and self._move.thread is not None:
            self._move.thread.join()
            self._move.successor.close()
        self._index.close()

    def _successor(self) -> Callable[[], FiledIndex] | None:
        size = self._index.largest_side()
        if abs(size - self._failed_at) < TRY_AGAIN_AFTER:
            return None
        if not self._is_large and size > self._settings.large_from:
            return self._settings.large
        return self._settings.small if self._is_large and size < self._settings.small_from else None

    def _begin(self, successor: Callable[[], FiledIndex]) -> None:
        try:
            move = self._move = _Move(successor())
        except OSError as error:
            self._refuse(error)
            return
        log.info("index_change_began", listings=len(self._index), to_large=not self._is_large)
        move.thread = threading.Thread(target=self._fill, args=(move,), daemon=True)
        move.thread.start()

    def _fill(self, move: _Move) -> None:
        try:
            with self._lock:
                keys = self._index.keys()
            for start in range(0, len(keys), AT_ONCE):
                move.successor.add_many(self._found(keys[start : start + AT_ONCE]))
                if move.successor.uncommitted >= COMMIT_WHILE_FILLING:
                    move.successor.commit()
            move.successor.commit()
        except Exception as error:
            self._refuse(error)
            move.failed = True

    def _refuse(self, error: Exception) -> None:
        log.error("index_change_failed", error=type(error).__name__, listings=len(self._index))
        self._failed_at = self._index.largest_side()

    def _end(self, move: _Move) -> None:
        self._move = None
        if move.failed:
            move.successor.close()
            return
        with self._lock:
            for key in move.changed:
                move.successor.remove(key)
            move.successor.add_many(self._present(move.changed))
            former, self._index = self._index, move.successor
            self._is_large = not self._is_large
        former.close()
        log.info("index_change_ended", listings=len(self._index), large=self._is_large)

    def _note(self, keys: Iterable[UUID]) -> None:
        if self._move is not None:
            self._move.changed.update(keys)

    def _found(self, keys: Iterable[UUID]) -> list[tuple[UUID, Analysis]]:
        with self._lock:
            return self._present(keys)

    def _present(self, keys: Iterable[UUID]) -> list[tuple[UUID, Analysis]]:
        found = ((key, self._index.find(key)) for key in keys)
        return [(key, analysis) for key, analysis in found if analysis is not None]
