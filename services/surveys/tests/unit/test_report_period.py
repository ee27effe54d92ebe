"""Periods of whole local days, and what their form accepts."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from surveys.reports.period import Period, PeriodForm

BERLIN = ZoneInfo("Europe/Berlin")
TODAY, FIRST = date(2026, 3, 20), date(2026, 1, 5)


def test_days_are_local_and_both_ends_belong_to_it() -> None:
    since, until = Period(since=date(2026, 3, 29), until=date(2026, 3, 29)).bounds(BERLIN)

    assert since == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert until == datetime(2026, 3, 29, 22, tzinfo=UTC), "the day the clock changes has 23 hours"


@pytest.mark.parametrize(
    ("form", "since", "until"),
    [
        (PeriodForm(), date(2026, 2, 18), TODAY),
        (PeriodForm(since=date(2026, 3, 1)), date(2026, 3, 1), TODAY),
        (PeriodForm(until=date(2026, 2, 1)), FIRST, date(2026, 2, 1)),
        (PeriodForm(until=date(2025, 2, 1)), date(2025, 2, 1), date(2025, 2, 1)),
        (PeriodForm(since=date(2027, 1, 1)), date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_open_ends(form: PeriodForm, since: date, until: date) -> None:
    assert form.period(today=TODAY, first_day=FIRST) == Period(since=since, until=until)


@pytest.mark.parametrize(
    "typed",
    [
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"until": "2026-02-30"},
        {"since": "gestern"},
    ],
)
def test_impossible_days_are_refused(typed: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PeriodForm.model_validate(typed)
