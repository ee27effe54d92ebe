"""The interval against Newcombe's published examples (method 3), and what must always hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.reports.wilson import wilson_interval


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_agrees_with_newcombe(count: int, base: int, low: float, high: float) -> None:
    interval = wilson_interval(count, base)

    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_holds_the_share_and_stays_between_none_and_all(drawn: tuple[int, int]) -> None:
    count, base = drawn

    interval = wilson_interval(count, base)

    assert 0 <= interval.low <= count / base + 1e-12
    assert count / base - 1e-12 <= interval.high <= 1


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_complement_has_the_mirrored_interval(drawn: tuple[int, int]) -> None:
    count, base = drawn

    one, other = wilson_interval(count, base), wilson_interval(base - count, base)

    assert one.low == pytest.approx(1 - other.high)
    assert one.high == pytest.approx(1 - other.low)
