"""One backup or restore at a time: two would take each other's place half way."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent


class NotAlone(Exception):
    """Somebody else is at it."""

    def __str__(self) -> str:
        return "Another backup or restore runs. Nothing was changed."


@contextmanager
def alone() -> Iterator[None]:
    """Hold this folder itself: it ends with the process, and leaves no file behind."""
    folder = os.open(HERE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(folder)
        raise NotAlone from None
    try:
        yield
    finally:
        os.close(folder)
