"""A folder that belongs to one index: it vanishes with its process, or at the next one's start.

A process that is killed leaves its folder behind; the lock on it is gone with the process.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

PREFIX = "matching-index-"
LOCK = "in-use"


class IndexFolder:
    """Made below `parent`, or where the system keeps what is temporary."""

    def __init__(self, parent: Path | None) -> None:
        remove_leftovers(parent)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        self._removed = weakref.finalize(self, _remove, self.path, _locked(self.path))

    def close(self) -> None:
        self._removed()


def remove_leftovers(parent: Path | None) -> None:
    """Remove the folders that no living process holds."""
    for path in Path(parent or tempfile.gettempdir()).glob(f"{PREFIX}*/{LOCK}"):
        lock = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            _remove(path.parent, lock)


def _locked(folder: Path) -> int:
    """The lock appears under its name only when it is held."""
    made = folder / f"{LOCK}.new"
    lock = os.open(made, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    made.rename(folder / LOCK)
    return lock


def _remove(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
