"""When partner clusters are asked about a request, and until when they can answer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_listing_builders import a_request

from matching.unmet.overflow import deadline_of, planned_for
from matching.unmet.patience import Patience
from matching.unmet.unmet_request import UnmetRequest
from schemas.listing import ListingContent
from schemas.vocabulary import Visibility

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PATIENCE = Patience(overflow_after_hours=72, overflow_days=14)


def wanted(**fields: Any) -> ListingContent:
    return a_request(**{"may_overflow": True} | fields).content


def unmet(
    *,
    told_at: datetime | None = NOW,
    overflowed_at: datetime | None = None,
    somebody_agreed: bool = False,
) -> UnmetRequest:
    return UnmetRequest(
        request_id=uuid4(),
        organisation_id=uuid4(),
        published_at=NOW - timedelta(days=1),
        unmet_at=NOW,
        told_at=told_at,
        overflowed_at=overflowed_at,
        partners_asked=False,
        somebody_agreed=somebody_agreed,
        answer_by=None if overflowed_at is None else NOW + timedelta(days=17),
    )


class TestDeadline:
    @pytest.mark.parametrize(
        ("fields", "deadline"),
        [
            ({}, datetime(2026, 4, 3, 21, 59, tzinfo=UTC)),
            ({"needed_by": date(2026, 3, 25)}, datetime(2026, 3, 25, 22, 59, tzinfo=UTC)),
            ({"needed_by": date(2026, 5, 1)}, datetime(2026, 4, 3, 21, 59, tzinfo=UTC)),
            ({"valid_until": NOW + timedelta(hours=30)}, NOW + timedelta(hours=30)),
            ({"needed_by": date(2026, 3, 20)}, datetime(2026, 3, 20, 22, 59, tzinfo=UTC)),
            ({"needed_by": date(2026, 3, 19)}, None),
            ({"valid_until": NOW}, None),
        ],
    )
    def test_is_the_end_of_the_last_day_that_is_of_use(
        self, fields: dict[str, Any], deadline: datetime | None
    ) -> None:
        assert deadline_of(wanted(**fields), PATIENCE, now=NOW) == deadline

    def test_ends_with_the_day_where_the_exchange_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SERVICES_TIME_ZONE", "America/New_York")

        deadline = deadline_of(wanted(needed_by=date(2026, 3, 25)), Patience(), now=NOW)

        assert deadline == datetime(2026, 3, 26, 3, 59, tzinfo=UTC)

    @given(
        days=st.integers(min_value=1, max_value=365),
        needed_in=st.none() | st.integers(min_value=-5, max_value=400),
        valid_hours=st.integers(min_value=-48, max_value=9000),
    )
    def test_lies_ahead_and_never_beyond_the_request(
        self, days: int, needed_in: int | None, valid_hours: int
    ) -> None:
        needed_by = None if needed_in is None else NOW.date() + timedelta(days=needed_in)
        request = wanted(needed_by=needed_by, valid_until=NOW + timedelta(hours=valid_hours))

        deadline = deadline_of(request, Patience(overflow_days=days), now=NOW)

        if deadline is not None:
            assert NOW < deadline <= request.valid_until
            assert deadline < NOW + timedelta(days=days + 1)
            assert needed_by is None or deadline.date() <= needed_by


class TestPlan:
    @pytest.mark.parametrize(
        ("told_at", "moment"),
        [
            (NOW, NOW + timedelta(hours=72)),
            (None, NOW + timedelta(hours=72)),
            (NOW - timedelta(days=30), NOW),
        ],
    )
    def test_gives_brokers_their_time(self, told_at: datetime | None, moment: datetime) -> None:
        assert planned_for(unmet(told_at=told_at), wanted(), PATIENCE, now=NOW) == moment

    @pytest.mark.parametrize(
        "fields",
        [
            {"may_overflow": False},
            {"visibility": Visibility.CLUSTER},
            {"needed_by": date(2026, 3, 22)},
            {"valid_until": NOW + timedelta(hours=71)},
        ],
    )
    def test_is_never_made_without_wish_or_use(self, fields: dict[str, Any]) -> None:
        assert planned_for(unmet(), wanted(**fields), PATIENCE, now=NOW) is None

    def test_is_made_for_an_anonymous_request(self) -> None:
        request = wanted(visibility=Visibility.ANONYMOUS)

        assert planned_for(unmet(), request, PATIENCE, now=NOW) is not None

    def test_is_over_once_somebody_here_agreed(self) -> None:
        assert planned_for(unmet(somebody_agreed=True), wanted(), PATIENCE, now=NOW) is None

    def test_is_over_once_they_were_asked(self) -> None:
        assert planned_for(unmet(overflowed_at=NOW), wanted(), PATIENCE, now=NOW) is None
