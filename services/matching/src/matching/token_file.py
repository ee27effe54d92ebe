"""Analyses in mapped files, one fixed record a row: all that scoring needs, outside the heap."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.analysis import SENTENCE_DIMENSIONS, Analysis, Spread
from matching.counterparts import Counterparts
from matching.mapped_file import MappedFile
from matching.text_file import Block, TextFile
from matching.weights import WEIGHTS
from schemas.vocabulary import ListingKind

TOKENS = np.dtype(("i1", (WEIGHTS.tokens_kept, WEIGHTS.token_dimensions)))
REST = np.dtype(
    [
        ("weights", "<f2", (WEIGHTS.tokens_kept,)),
        ("sentence", "<f2", (SENTENCE_DIMENSIONS,)),
        ("vector", "i1", (WEIGHTS.vector_dimensions,)),
        ("spreads", "<f8", (3, 2)),
        ("words", "<u8", (2,)),
        ("terms", "<u8", (2,)),
        ("word_count", "<u4"),
        ("category", "<u2"),
        ("offer", "?"),
        ("in_background", "?"),
    ]
)
RECORD = np.dtype([("tokens", TOKENS), *REST.descr])
"""`words` and `terms` are start and length in the text file, `category` a number made here."""


class TokenFile:
    """Rows of analyses of one version; a removed row is given out again after its release."""

    def __init__(self, folder: Path | None, *, version: str) -> None:
        self._version = version
        self._file = MappedFile(folder)
        self._texts = TextFile(folder)
        self._records = self._mapped()
        self._categories: list[str] = []
        self._end = 0
        self._free: list[int] = []

    def add(self, analysis: Analysis) -> int:
        (row,) = self.add_many([analysis])
        return row

    def add_many(self, analyses: Sequence[Analysis]) -> list[int]:
        """The rows they were given, in their order; none of them where the disk is full."""
        rows = self._given_out(len(analyses))
        try:
            self._fill(rows, analyses)
        except OSError:
            self._free.extend(rows)
            raise
        return rows

    def remove(self, row: int) -> None:
        """Give up what the row holds; the row itself stays taken until it is released."""
        for field in ("words", "terms"):
            self._texts.free(self._block(row, field))

    def release(self, rows: Sequence[int]) -> None:
        self._free.extend(rows)

    def analysis(self, row: int) -> Analysis:
        record = self._records[row].copy()
        kind = self.kind(row)
        return Analysis(
            version=self._version,
            kind=kind,
            category=self._categories[record["category"]],
            tokens=record["tokens"],
            weights=record["weights"],
            words=self._texts.get(self._block(row, "words")),
            sentence=record["sentence"],
            vector=record["vector"],
            terms=self.terms(row),
            word_count=int(record["word_count"]),
            spreads=_spreads(record["spreads"]) if kind is ListingKind.OFFER else None,
            in_background=bool(record["in_background"]),
        )

    def kind(self, row: int) -> ListingKind:
        return ListingKind.OFFER if self._records["offer"][row] else ListingKind.REQUEST

    def terms(self, row: int) -> tuple[str, ...]:
        return self._texts.get(self._block(row, "terms"))

    def counterparts(self, rows: Sequence[int]) -> Counterparts:
        """Many rows as arrays, read without making objects of them."""
        tokens, records = self._taken(np.array(rows, np.intp))
        return Counterparts(
            tokens=tokens,
            weights=records["weights"].astype(np.float32),
            sentences=np.ascontiguousarray(records["sentence"]),
            spreads=records["spreads"][:, :2],
            categories=[self._categories[code] for code in records["category"].tolist()],
            short=records["word_count"] < WEIGHTS.short_text_words,
            in_background=records["in_background"],
            terms=lambda place: self.terms(rows[place]),
            version=self._version,
        )

    def close(self) -> None:
        self._file.close()
        self._texts.close()

    def _taken(self, places: NDArray[np.intp]) -> tuple[NDArray[np.int8], NDArray[np.void]]:
        """Copies; NumPy takes a row of bytes as a whole, but a record number by number."""
        bytes_ = self._records.view(np.uint8).reshape(-1, RECORD.itemsize)
        tokens = bytes_[:, : TOKENS.itemsize][places].view(np.int8)
        rest = bytes_[:, TOKENS.itemsize :][places].view(REST)
        return tokens.reshape(-1, *TOKENS.shape), rest[:, 0]

    def _fill(self, rows: list[int], analyses: Sequence[Analysis]) -> None:
        """Field by field, as arrays."""
        if rows:
            for field, values in self._fields(analyses).items():
                self._records[field][rows] = values

    def _fields(self, analyses: Sequence[Analysis]) -> dict[str, NDArray[np.generic]]:
        return {
            **{
                name: np.array([getattr(each, name) for each in analyses])
                for name in ("tokens", "weights", "sentence", "vector", "word_count")
            },
            "spreads": np.array([_numbers(each) for each in analyses]),
            "words": np.array([self._put(each.words) for each in analyses]),
            "terms": np.array([self._put(each.terms) for each in analyses]),
            "category": np.array([self._category(each.category) for each in analyses]),
            "offer": np.array([each.kind is ListingKind.OFFER for each in analyses]),
            "in_background": np.array([each.in_background for each in analyses]),
        }

    def _put(self, words: tuple[str, ...]) -> tuple[int, int]:
        block = self._texts.put(words)
        return block.start, block.length

    def _block(self, row: int, field: str) -> Block:
        start, length = self._records[field][row].tolist()
        return Block(start, length)

    def _category(self, slug: str) -> int:
        if slug not in self._categories:
            self._categories.append(slug)
        return self._categories.index(slug)

    def _given_out(self, count: int) -> list[int]:
        """Removed rows first; none is taken before there is room for all."""
        end = self._end + max(count - len(self._free), 0)
        if end > len(self._records):
            self._file.reserve(end * RECORD.itemsize)
            self._records = self._mapped()
        used_again = [self._free.pop() for _ in range(min(count, len(self._free)))]
        new = range(self._end, end)
        self._end = end
        return [*used_again, *new]

    def _mapped(self) -> NDArray[np.void]:
        return np.frombuffer(self._file.content, RECORD, self._file.size // RECORD.itemsize)


def _numbers(analysis: Analysis) -> list[tuple[float, float]]:
    if analysis.spreads is None:
        return [(0.0, 0.0)] * 3
    return [(spread.mean, spread.deviation) for spread in analysis.spreads]


def _spreads(numbers: NDArray[np.float64]) -> tuple[Spread, Spread, Spread]:
    tokens, sentence, vector = (
        Spread(mean=mean, deviation=deviation) for mean, deviation in numbers.tolist()
    )
    return tokens, sentence, vector
