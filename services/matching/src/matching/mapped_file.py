"""A growing file in memory's place: mapped, without a name, gone with its process.

Its pages belong to the system's cache, not to the process: they are dropped when memory is short
and read again from the disk.
"""

import mmap
import os
import tempfile
import weakref
from pathlib import Path

STEP_BYTES = 16 * 1024 * 1024
GROWTH = 4
"""It grows by a fourth of its size, or by a step."""


class MappedFile:
    """Bytes from zero to `size`; arrays made on `content` stay valid, but do not grow with it."""

    def __init__(self, folder: Path | None) -> None:
        with tempfile.TemporaryFile(dir=folder) as file:
            self._descriptor = os.dup(file.fileno())
        self._closed = weakref.finalize(self, os.close, self._descriptor)
        self.size = 0
        self._grow(STEP_BYTES)

    def reserve(self, size: int) -> None:
        """Hold at least `size` bytes; raises `OSError` when the disk is full."""
        if size > self.size:
            self._grow(max(size - self.size, self.size // GROWTH, STEP_BYTES))

    def close(self) -> None:
        self._closed()

    def _grow(self, more: int) -> None:
        # Reserved, not only lengthened: writing to a page that the disk has no room for kills.
        os.posix_fallocate(self._descriptor, self.size, more)
        self.size += more
        self.content = mmap.mmap(self._descriptor, self.size)
