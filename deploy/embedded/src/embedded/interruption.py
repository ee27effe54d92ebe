"""Ctrl-C at any moment: the first one undoes what was begun, further ones do not disturb it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from embedded.processes import INTERRUPTIONS


@dataclass
class _Interruption:
    """What the handlers share with the main thread, in which Python runs them."""

    is_held: bool = False
    came: bool = False


_interruption = _Interruption()


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, the first SIGINT or SIGTERM is a `KeyboardInterrupt` and the next ones nothing."""
    before = [signal.signal(number, _interrupt) for number in INTERRUPTIONS]
    try:
        yield
    finally:
        for number, handler in zip(INTERRUPTIONS, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def held_back() -> Iterator[None]:
    """Raise an interruption that comes inside at the end: nothing is begun by halves.

    A thread whose start is interrupted runs, and nobody knows of it.
    """
    _interruption.is_held = True
    try:
        yield
    finally:
        _interruption.is_held = False
        if _interruption.came:
            _interruption.came = False
            raise KeyboardInterrupt


def wait_for_interruption() -> None:
    while True:
        signal.pause()


def _interrupt(*_: object) -> None:
    for number in INTERRUPTIONS:
        # Not SIG_IGN, which the programs that stop the servers would inherit.
        signal.signal(number, _pass_over)
    if _interruption.is_held:
        _interruption.came = True
    else:
        raise KeyboardInterrupt


def _pass_over(*_: object) -> None:
    pass
