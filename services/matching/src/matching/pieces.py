"""A word as the likeliest chain of vocabulary pieces (Unigram), looked up in mapped files.

The answer is that of the library `tokenizers` for the same vocabulary: log probabilities summed in
double precision, the first of equal chains, neighbouring unknown characters as one piece.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from marisa_trie import Trie
from pydantic import BaseModel, ConfigDict

TRIE_FILE = "pieces.trie"
IDS_FILE = "piece_ids.npy"
SCORES_FILE = "piece_scores.npy"


class PieceFacts(BaseModel):
    """What the files do not say: id and log probability of an unknown character, the longest."""

    model_config = ConfigDict(frozen=True)

    unknown: int
    unknown_score: float
    longest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a word, from the character `start` up to `end`."""

    id: int
    start: int
    end: int


class Pieces:
    """The vocabulary; ids and scores stand in the order of the trie's own numbers."""

    def __init__(self, folder: Path, facts: PieceFacts) -> None:
        self._facts = facts
        self._trie = Trie()
        self._trie.mmap(str(folder / TRIE_FILE))
        self._ids = memoryview(np.load(folder / IDS_FILE, mmap_mode="r"))
        self._scores = memoryview(np.load(folder / SCORES_FILE, mmap_mode="r"))

    def id_of(self, piece: str) -> int | None:
        place = self._trie.get(piece)
        return None if place is None else int(self._ids[place])

    def of(self, word: str) -> tuple[Piece, ...]:
        """The likeliest chain of pieces that covers the word."""
        best: dict[int, tuple[float, int, int]] = {0: (0.0, 0, 0)}
        for start in range(len(word)):
            so_far = best[start][0]
            for end, number, score in self._from(word, start):
                if end not in best or so_far + score > best[end][0]:
                    best[end] = (so_far + score, start, number)
        return self._joined(reversed([*_backwards(best, len(word))]))

    def _from(self, word: str, start: int) -> Iterator[tuple[int, int, float]]:
        """End, id and score of every piece that begins here; one is a single character."""
        single = False
        ahead = word[start : start + self._facts.longest]
        for text, place in self._trie.iter_prefixes_with_ids(ahead):
            single = single or len(text) == 1
            yield start + len(text), self._ids[place], self._scores[place]
        if not single:
            yield start + 1, self._facts.unknown, self._facts.unknown_score

    def _joined(self, chain: Iterator[Piece]) -> tuple[Piece, ...]:
        joined: list[Piece] = []
        for piece in chain:
            if joined and joined[-1].id == piece.id == self._facts.unknown:
                joined[-1] = Piece(id=piece.id, start=joined[-1].start, end=piece.end)
            else:
                joined.append(piece)
        return tuple(joined)


def _backwards(best: Mapping[int, tuple[float, int, int]], end: int) -> Iterator[Piece]:
    while end:
        _, start, number = best[end]
        yield Piece(id=number, start=start, end=end)
        end = start
