"""Ctrl-C at any moment: the first one undoes what was begun, further ones do not disturb it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from embedded.processes import INTERRUPTIONS


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, the first SIGINT or SIGTERM is a `KeyboardInterrupt` and the next ones nothing."""
    before = [signal.signal(number, _interrupt) for number in INTERRUPTIONS]
    try:
        yield
    finally:
        for number, handler in zip(INTERRUPTIONS, before, strict=True):
            signal.signal(number, handler)


def wait_for_interruption() -> None:
    while True:
        signal.pause()


def _interrupt(*_: object) -> None:
    for number in INTERRUPTIONS:
        # Not SIG_IGN, which the programs that stop the servers would inherit.
        signal.signal(number, _pass_over)
    raise KeyboardInterrupt


def _pass_over(*_: object) -> None:
    pass
