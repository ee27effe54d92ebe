"""The best of one side by their words: BM25 over files, and over what is no file yet."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from math import log
from pathlib import Path

from tantivy import Occur, Query, Searcher

from matching.bm25 import saturated
from matching.term_files import ROW, TERMS, RowTerms, TermFiles

MOST_TERMS = 16
"""A search asks for its rarest terms; commoner ones cost most of the time and order little."""


class TermIndex:
    """Rows by BM25, weight 1 for whole words and parts alike; a removed row leaves at a commit.

    Until then a caller must not give its number to another listing. Without a folder its files
    lie in memory. Where they are lost, what they lack is still found in memory until `rebuild`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._made = 0
        self._files = TermFiles(self._next_folder())
        self._pending: dict[int, int] = {}
        self._waiting: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._removed: set[int] = set()
        self._length = 0

    @property
    def uncommitted(self) -> int:
        return len(self._pending) + len(self._removed)

    @property
    def lost(self) -> bool:
        """Whether only `rebuild` makes whole files again."""
        return self._files.lost

    @property
    def _searcher(self) -> Searcher:
        return self._files.searcher

    @property
    def _documents(self) -> int:
        """Removed rows count until the next commit, here as in their terms' frequencies."""
        return int(self._searcher.num_docs) + len(self._pending)

    def add(self, row: int, terms: tuple[str, ...]) -> None:
        self._files.add(row, terms)
        self._pending[row] = len(terms)
        self._length += len(terms)
        for term, count in Counter(terms).items():
            self._waiting[term][row] = count

    def remove(self, row: int, terms: tuple[str, ...]) -> None:
        """The terms are those that the row was added with."""
        self._files.remove(row)
        if self._pending.pop(row, None) is not None:
            for term in set(terms):
                del self._waiting[term][row]
        self._removed.add(row)
        self._length -= len(terms)

    def commit(self) -> None:
        """Make files of what was added, and drop what was removed; takes as long as a disk does.

        Raises `LostTerms` where that fails.
        """
        self._files.commit()
        self._forget_waiting()

    def rebuild(self, rows: RowTerms) -> None:
        """Make files of all these rows, which nobody removed, in place of those that are lost."""
        whole = TermFiles.holding(self._next_folder(), rows)
        self._files.close()
        self._files = whole
        self._forget_waiting()

    def close(self) -> None:
        """Nothing may be asked afterwards."""
        self._files.close()

    def best(self, terms: Iterable[str], count: int) -> list[int]:
        """Rows with the highest BM25, best first; those that share no rare term are absent."""
        rarities = self._rarest(terms)
        found = [*self._committed(rarities, count), *self._uncommitted(rarities)]
        found.sort(key=lambda scored: -scored[0])
        return [row for _, row in found[:count]]

    def _forget_waiting(self) -> None:
        self._pending.clear()
        self._waiting.clear()
        self._removed.clear()

    def _next_folder(self) -> Path | None:
        self._made += 1
        return None if self._folder is None else self._folder / str(self._made)

    def _rarest(self, terms: Iterable[str]) -> dict[str, float]:
        """The rarest terms that occur, with the rarity that BM25 gives them."""
        frequencies = {
            term: self._searcher.doc_freq(TERMS, term) + len(self._waiting.get(term, ()))
            for term in set(terms)
        }
        known = sorted((count, term) for term, count in frequencies.items() if count)
        return {
            term: log(1 + (self._documents - count + 0.5) / (count + 0.5))
            for count, term in known[:MOST_TERMS]
        }

    def _committed(self, rarities: dict[str, float], count: int) -> list[tuple[float, int]]:
        if not rarities or not self._searcher.num_docs:
            return []
        parts = [
            (Occur.Should, Query.term_query(self._files.schema, TERMS, term, "freq"))
            for term in rarities
        ]
        hits = self._searcher.search(
            Query.boolean_query(parts), limit=count + len(self._removed), count=False
        ).hits
        rows = self._searcher.fast_field_values(ROW, [address for _, address in hits])
        scored = [(float(score), int(row or 0)) for (score, _), row in zip(hits, rows, strict=True)]
        return [(score, row) for score, row in scored if row not in self._removed]

    def _uncommitted(self, rarities: dict[str, float]) -> list[tuple[float, int]]:
        mean_length = self._length / max(self._documents, 1)
        scores: defaultdict[int, float] = defaultdict(float)
        for term, rarity in rarities.items():
            for row, count in self._waiting.get(term, {}).items():
                scores[row] += rarity * saturated(
                    count, length=self._pending[row], mean_length=mean_length
                )
        return [(score, row) for row, score in scores.items()]
