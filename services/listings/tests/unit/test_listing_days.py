"""Days begin and end where the exchange is: one setting for rules, forms and pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from listings.listing.days import day_of, last_moment_of
from listings.listing.local_time import zone

LATE = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
A_DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def read_anew() -> Iterator[None]:
    zone.cache_clear()
    yield
    zone.cache_clear()


@pytest.mark.parametrize("name", ["LISTINGS_TIME_ZONE", "SERVICES_TIME_ZONE"])
def test_a_day_is_the_sites_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "America/New_York")

    assert day_of(LATE) == A_DAY
    assert last_moment_of(A_DAY) == datetime(2026, 3, 3, 4, 59, tzinfo=UTC)


def test_without_a_setting_it_is_berlins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICES_TIME_ZONE", "")

    assert day_of(LATE) == date(2026, 3, 3)
    assert last_moment_of(A_DAY) == datetime(2026, 3, 2, 22, 59, tzinfo=UTC)
