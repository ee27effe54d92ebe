"""Words of the listings in a mapped file: blocks of a few sizes, used again when freed."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from matching.mapped_file import MappedFile

BLOCK_BYTES = 128
SEPARATOR = "\n"
"""No word or term holds it: both are made of word characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """Where a text lies."""

    start: int
    length: int

    @property
    def reserved(self) -> int:
        return -(-self.length // BLOCK_BYTES) * BLOCK_BYTES


class TextFile:
    """Tuples of words by the block they were put into."""

    def __init__(self, folder: Path | None) -> None:
        self._file = MappedFile(folder)
        self._end = 0
        self._free: defaultdict[int, list[int]] = defaultdict(list)

    def put(self, words: tuple[str, ...]) -> Block:
        content = SEPARATOR.join(words).encode()
        block = Block(start=0, length=len(content))
        free = self._free[block.reserved]
        start = free.pop() if free else self._extended(block.reserved)
        self._file.content[start : start + len(content)] = content
        return Block(start=start, length=len(content))

    def get(self, block: Block) -> tuple[str, ...]:
        content = self._file.content[block.start : block.start + block.length]
        return tuple(content.decode().split(SEPARATOR)) if content else ()

    def free(self, block: Block) -> None:
        self._free[block.reserved].append(block.start)

    def close(self) -> None:
        self._file.close()

    def _extended(self, more: int) -> int:
        self._file.reserve(self._end + more)
        start, self._end = self._end, self._end + more
        return start
