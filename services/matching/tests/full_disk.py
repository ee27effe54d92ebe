"""A disk that takes nothing more, for as long as a block lasts."""

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from structlog.typing import EventDict


@contextmanager
def full_disk() -> Iterator[Sequence[EventDict]]:
    """No file of this process may grow beyond a hundred bytes; what it logs is given instead."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with structlog.testing.capture_logs() as logged:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            yield logged
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
