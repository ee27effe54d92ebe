"""`eventually` waits for the condition and tells what was missing."""

from collections.abc import Iterator

import pytest

from embedded.testing import eventually


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
