"""The age of a server's backup, as a service without any rights can tell it."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from almanac.almanac import migrate
from prometheus_client import CollectorRegistry

from chassis.backup import FIGURES, backup_findings
from chassis.database import Connection, Pool, single_connection
from chassis.measuring import Measuring
from chassis.service import Runtime
from embedded.archived_postgres import ArchivedPostgres
from embedded.postgres import Postgres
from embedded.testing import MakeDatabase, eventually

HOUR = 3600


@pytest.fixture(scope="module")
def server() -> Iterator[ArchivedPostgres]:
    with ArchivedPostgres(durable=False) as server:
        server.create_database("almanac")
        yield server


@pytest.fixture
async def url(server: ArchivedPostgres) -> str:
    await migrate(server.url("almanac"))
    return server.url("almanac")


@pytest.fixture
async def connection(url: str) -> AsyncIterator[Connection]:
    async with single_connection(url, application="test") as connection:
        yield connection


async def found(connection: Connection) -> list[str]:
    return [finding.check for finding in await backup_findings(connection, None)]


def taken(server: Postgres, *, hours_ago: int) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    said = f"last backup {at:%Y-%m-%dT%H:%M:%S.%fZ}"
    server.execute(f"comment on database postgres is '{said}'")


async def test_a_new_server_has_a_day_for_its_first_backup(connection: Connection) -> None:
    assert await found(connection) == []


async def test_an_old_one_without_any_backup_is_told(connection: Connection) -> None:
    await connection.execute("update _pogo_migration set applied = now() - interval '27 hours'")

    [finding] = await backup_findings(connection, None)

    assert str(finding).startswith("The last backup is 27 hours old, or there never was one.")
    assert "make backup" in finding.remedy


@pytest.mark.parametrize(("hours", "checks"), [(25, []), (27, ["backup_age"])])
async def test_a_backup_a_day_is_enough(
    server: ArchivedPostgres, connection: Connection, hours: int, checks: list[str]
) -> None:
    taken(server, hours_ago=hours)

    assert await found(connection) == checks


async def test_what_is_measured_is_what_is_told(server: ArchivedPostgres, url: str) -> None:
    taken(server, hours_ago=3)
    registry, pool = CollectorRegistry(), Pool(url, application="test")
    await pool.open()

    await Measuring(Runtime(settings=None, pool=pool, registry=registry), FIGURES).turn()
    await pool.close()

    assert registry.get_sample_value("backup_age_seconds") == pytest.approx(3 * HOUR, abs=60)
    assert registry.get_sample_value("archive_failing_seconds") == 0


async def test_a_log_that_is_not_archived_is_told(
    server: ArchivedPostgres, connection: Connection
) -> None:
    taken(server, hours_ago=1)
    failing = "select failed_count from pg_stat_archiver"
    archive = server.backups / "wal"
    archive.rename(server.backups / "away")
    server.execute("select pg_switch_wal()")

    await eventually(lambda: int(server.execute(failing)) > 0, timeout=60)
    soon = await backup_findings(connection, None, unarchived_seconds=0)
    still_quiet = await found(connection)
    (server.backups / "away").rename(archive)

    assert [finding.check for finding in soon] == ["archive"]
    assert still_quiet == []


async def test_a_server_that_archives_nothing_is_no_production(
    make_database: MakeDatabase,
) -> None:
    async with single_connection(make_database(migrate), application="test") as connection:
        await connection.execute("update _pogo_migration set applied = now() - interval '9 days'")

        assert await found(connection) == []
