"""A clock that is off is told, and keeps a migration once nobody could mean it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from almanac.almanac import Almanac
from almanac.fixtures import an_offline_almanac  # noqa: F401 - a fixture
from notebook.service import Settings

from chassis.clock import clock_findings, seconds_off
from chassis.database import Connection, single_connection
from chassis.start_checks import CannotStart, demand_right_clock
from chassis.sweeps import utc_now

ASKED = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def connection(offline_almanac: Almanac) -> AsyncIterator[Connection]:
    async with single_connection(offline_almanac.url, application="test") as connection:
        yield connection


@pytest.mark.parametrize(
    ("answered", "took", "off"),
    [(0, 0, 0), (1, 3, 0), (3, 3, 0), (5, 3, 2), (-2, 3, 2), (65, 0, 65)],
)
def test_a_slow_answer_puts_no_clock_wrong(*, answered: float, took: float, off: float) -> None:
    moment, until = ASKED + timedelta(seconds=answered), ASKED + timedelta(seconds=took)

    assert seconds_off(moment, between=(ASKED, until)) == off


@pytest.mark.parametrize(("seconds", "found"), [(0, 0), (1.5, 0), (30, 1), (-30, 1)])
async def test_two_seconds_are_too_far_from_the_clock_of_the_database(
    connection: Connection, *, seconds: float, found: int
) -> None:
    off = timedelta(seconds=seconds)

    findings = await clock_findings(connection, clock=lambda: utc_now() + off)

    assert [each.check for each in findings] == ["clock"] * found


async def test_a_clock_from_before_the_database_is_told_though_both_have_it(
    connection: Connection,
) -> None:
    await connection.execute("update _pogo_migration set applied = '2999-01-01'")

    [found] = await clock_findings(connection)

    today = datetime.now(UTC).strftime("%Y-%m-%d")
    assert found.wrong == f"The clock says {today}, before this database was made."
    assert "timedatectl" in found.remedy


async def test_a_migration_is_kept_by_a_clock_that_is_off_by_more_than_a_minute(
    offline_almanac: Almanac,
) -> None:
    settings = Settings(database_url=offline_almanac.url, form_key="k" * 43)

    await demand_right_clock(settings, clock=lambda: utc_now() + timedelta(seconds=55))

    with pytest.raises(CannotStart, match=r"The clock is (9\d|8\d) s off the database's"):
        await demand_right_clock(settings, clock=lambda: utc_now() + timedelta(seconds=95))
