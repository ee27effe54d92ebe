"""Freshness: who is asked when, and that nobody loses a listing without being asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.listing.freshness import NOTICE, Asked, Freshness

NOW = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)


def day(number: float) -> datetime:
    return NOW + timedelta(days=number)


def confirmed_for(days: float) -> Freshness:
    return Freshness.confirmed(NOW, valid_until=day(days))


class TestReminders:
    @pytest.mark.parametrize(
        ("valid_days", "at", "asked"),
        [
            (90, 22.9, None),
            (90, 23, Asked.WEEK_BEFORE),
            (90, 28.9, Asked.WEEK_BEFORE),
            (90, 29, Asked.DAY_BEFORE),
            (90, 40, Asked.DAY_BEFORE),
            (7, 0, None),
            (7, 5.9, None),
            (7, 6, Asked.DAY_BEFORE),
            (20, 13, Asked.WEEK_BEFORE),
        ],
    )
    def test_come_a_week_and_a_day_before(
        self, valid_days: int, at: float, asked: Asked | None
    ) -> None:
        assert confirmed_for(valid_days).reminder_due(day(at)) is asked

    def test_each_is_sent_once(self) -> None:
        asked = confirmed_for(90).reminded(Asked.WEEK_BEFORE, at=day(23))
        asked_again = asked.reminded(Asked.DAY_BEFORE, at=day(29))

        assert asked.reminder_due(day(24)) is None
        assert asked_again.reminder_due(day(29.5)) is None

    def test_a_doubt_shortens_the_time_and_never_prolongs_it(self) -> None:
        late, early = confirmed_for(90).doubted(at=day(1)), confirmed_for(2).doubted(at=day(1))

        assert late.confirm_by == day(4)
        assert early.confirm_by == day(2)


class TestExpiry:
    def test_follows_a_missed_reminder_after_a_day(self) -> None:
        asked = confirmed_for(90).reminded(Asked.DAY_BEFORE, at=day(29))

        assert not asked.has_expired(day(29.99))
        assert asked.has_expired(day(30))

    def test_waits_for_a_reminder_that_came_late(self) -> None:
        late = confirmed_for(90).reminded(Asked.DAY_BEFORE, at=day(35))

        assert not confirmed_for(90).has_expired(day(35))
        assert not late.has_expired(day(35.9))
        assert late.has_expired(day(36))

    @given(
        valid_days=st.floats(min_value=0, max_value=400),
        sweeps=st.lists(st.floats(min_value=0, max_value=500), max_size=40),
        doubts=st.lists(st.floats(min_value=0, max_value=500), max_size=3),
    )
    def test_never_comes_without_a_reminder_of_at_least_a_day_ago(
        self, valid_days: float, sweeps: list[float], doubts: list[float]
    ) -> None:
        fresh = confirmed_for(valid_days)
        moments = sorted([(at, "sweep") for at in sweeps] + [(at, "doubt") for at in doubts])
        for at, what in moments:
            if fresh.has_expired(day(at)):
                assert fresh.asked_at is not None
                assert day(at) - fresh.asked_at >= NOTICE
                return
            due = fresh.reminder_due(day(at))
            if what == "doubt":
                fresh = fresh.doubted(at=day(at))
            elif due is not None:
                fresh = fresh.reminded(due, at=day(at))
