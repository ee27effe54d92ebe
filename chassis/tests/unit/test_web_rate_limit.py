"""Rate limits: the arithmetic of the sliding window, and buckets that give nobody away."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.web.rate_limit import Buckets, weighted, window_start

HOUR = timedelta(hours=1)


@given(now=st.datetimes(timezones=st.just(UTC)))
def test_a_moment_lies_in_its_window(now: datetime) -> None:
    start = window_start(now, HOUR)

    assert start <= now < start + HOUR
    assert window_start(start, HOUR) == start


def test_the_window_before_fades_out() -> None:
    assert weighted(10, timedelta(0), HOUR) == 10
    assert weighted(10, HOUR / 2, HOUR) == 5
    assert weighted(10, HOUR, HOUR) == 0


def test_buckets_name_nobody_and_differ_by_purpose_and_key() -> None:
    one = Buckets(b"k").bucket("sign-in", "203.0.113.7")

    assert "203" not in one
    assert one == Buckets(b"k").bucket("sign-in", "203.0.113.7")
    assert one != Buckets(b"k").bucket("search", "203.0.113.7")
    assert one != Buckets(b"other").bucket("sign-in", "203.0.113.7")
