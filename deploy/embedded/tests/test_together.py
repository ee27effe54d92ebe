"""Steps are taken at once, and one that fails does not wait for the others."""

from threading import Barrier, Event

import pytest

from embedded.together import together


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
