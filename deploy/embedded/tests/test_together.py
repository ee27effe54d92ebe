"""Steps are taken at once, and one that fails does not wait for the others."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Event
from types import FrameType
from typing import TYPE_CHECKING

import pytest

from embedded.interruption import interruptible
from embedded.together import together

if TYPE_CHECKING:
    from _typeshed import TraceFunction


class TestTogether:
    def test_all_steps_are_under_way_at_once(self) -> None:
        meeting = Barrier(3)

        together([meeting.wait] * 3)

        assert not meeting.broken

    def test_one_that_fails_cuts_the_others_short(self) -> None:
        stopped, ended = Event(), Event()

        def fails() -> None:
            raise LookupError("no such server")

        def waits() -> None:
            stopped.wait()
            ended.set()

        with pytest.raises(LookupError, match="no such server"):
            together((waits, fails), cut_short=stopped.set)

        assert ended.is_set()

    @pytest.mark.parametrize("line", range(1, 301, 3))
    def test_ctrl_c_while_they_are_begun_leaves_none_running(self, line: int) -> None:
        begun: list[bool] = []
        ended: list[bool] = []

        def step() -> None:
            begun.append(True)
            stopped.wait()
            ended.append(True)

        stopped = Event()
        with pytest.raises(KeyboardInterrupt), interruptible(), interrupted_at(line):
            together([step] * 3, cut_short=stopped.set)

        assert len(begun) == len(ended)


@contextmanager
def interrupted_at(line: int) -> Iterator[None]:
    """Send Ctrl-C when what is run inside comes to its so many-th line."""
    passed = 0

    def trace(_frame: FrameType, _event: str, _argument: object) -> "TraceFunction":
        nonlocal passed
        passed += 1
        if passed == line:
            os.kill(os.getpid(), signal.SIGINT)
        return trace

    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(None)
