"""`eventually` waits for the condition and tells what was missing."""

from collections.abc import Iterator
from threading import Event

import pytest

from embedded.testing import eventually
from embedded.waiting import WaitingGivenUp, wait_until


class TestEventually:
    async def test_answers_the_first_true_answer(self) -> None:
        answers: Iterator[list[str]] = iter([[], [], ["proposal"]])

        assert await eventually(lambda: next(answers)) == ["proposal"]

    async def test_a_check_of_assertions_holds_once_none_fails(self) -> None:
        counts = iter([0, 1, 2])

        async def two_arrived() -> None:
            assert next(counts) == 2

        await eventually(two_arrived)

    async def test_an_answer_that_stays_empty_fails(self) -> None:
        with pytest.raises(AssertionError, match=r"still None after 0\.1 s"):
            await eventually(lambda: None, timeout=0.1)

    async def test_the_last_failed_assertion_is_raised(self) -> None:
        def nothing_arrived() -> None:
            raise AssertionError("nothing arrived")

        with pytest.raises(AssertionError, match="nothing arrived"):
            await eventually(nothing_arrived, timeout=0.1)


class TestWaitUntil:
    def test_a_waiting_that_is_given_up_ends_at_once(self) -> None:
        given_up = Event()

        def never() -> bool:
            given_up.set()
            return False

        with pytest.raises(WaitingGivenUp, match="Kafka"):
            wait_until(never, limit_seconds=3600, waiting_for="Kafka", given_up=given_up)
