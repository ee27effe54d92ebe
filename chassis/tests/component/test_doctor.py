"""``doctor`` on real servers: one fault at a time, each named with the command that cures it."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from almanac.almanac import Almanac
from almanac.fixtures import an_almanac, an_offline_almanac  # noqa: F401 - fixtures
from notebook.book import Book
from notebook.records import record_of
from notebook.service import Settings

from chassis import arrears
from chassis.cli import broker_checks, database_checks
from chassis.database import Connection, single_connection
from chassis.finding import Finding
from chassis.provisioning import Topic
from chassis.service import Service
from chassis.topic_drift import Drift, drifts
from embedded.testing import MakeDatabase, eventually

LONG_AGO = "now() - interval '1 hour'"


@pytest.fixture
async def connection(offline_almanac: Almanac) -> AsyncIterator[Connection]:
    async with single_connection(offline_almanac.url, application="test") as connection:
        yield connection


async def asked(connection: Connection, service: Service) -> dict[str, Finding]:
    """What the database says is wrong, by the names of the checks."""
    found = await database_checks.findings(
        connection, service, Settings(database_url="", form_key="k" * 43)
    )
    return {finding.check: finding for finding in found}


class TestCommand:
    async def test_says_what_is_wrong_for_machines(self, offline_almanac: Almanac) -> None:
        code, said = await offline_almanac.command("doctor", "--json")

        found = json.loads(said)
        assert code == 1
        assert found["service"] == offline_almanac.name
        assert [each["check"] for each in found["findings"]] == ["broker"]

    async def test_a_healthy_service_has_no_findings(self, almanac: Almanac) -> None:
        code, said = await almanac.command("doctor", "--json")

        assert (json.loads(said)["findings"], code) == ([], 0)

    async def test_a_database_that_is_away_is_one_finding(self, almanac: Almanac) -> None:
        away = {"ALMANAC_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

        code, said = await almanac.command("doctor", **away)

        assert code == 1
        assert said.startswith("✗ The database does not answer: ")
        assert "is the setting ALMANAC_DATABASE_URL right?" in said
        assert len(said.splitlines()) == 1

    async def test_an_empty_database_wants_its_migrations(
        self, almanac: Almanac, make_database: MakeDatabase
    ) -> None:
        code, said = await almanac.command("doctor", ALMANAC_DATABASE_URL=make_database())

        assert code == 1
        assert "The database lacks migrations: 0001_almanac, 0001_chassis" in said
        assert said.strip().endswith(f"Run: python -m {almanac.name} migrate")


class TestDatabase:
    async def test_nothing_wrong(self, connection: Connection, offline_almanac: Almanac) -> None:
        assert await asked(connection, offline_almanac.service) == {}

    @pytest.mark.parametrize(
        ("check", "fault", "wrong", "remedy"),
        [
            (
                "parked",
                (
                    "insert into parked_record"
                    ' (topic, partition, "offset", value_hash, "timestamp", headers, error)'
                    " values ('t', 0, 0, '', now(), '[]', 'Unwilling')"
                ),
                "1 parked records.",
                "parked list",
            ),
            (
                "consumer_stopped",
                "insert into consumer_gate (name, stopped_at) values ('almanac', now())",
                "The consumer is stopped, 0 records are parked.",
                "parked resume",
            ),
            (
                "sweeps_stopped",
                (
                    "insert into sweep (name, stopped_at, stop_reason)"
                    " values ('end_entries', now(), 'the clock jumped')"
                ),
                "end_entries the clock jumped",
                "sweep --confirm",
            ),
            (
                "sweeps_failing",
                (
                    "insert into sweep (name, failed_at, failure)"
                    " values ('end_entries', now(), 'Unwilling')"
                ),
                "end_entries (Unwilling, last ",
                "sweep",
            ),
            (
                "database_newer",
                (
                    "insert into _pogo_migration"
                    " (migration_hash, migration_id, applied, schema_name)"
                    " values ('hash', '0099_tomorrow', now(), 'public')"
                ),
                "it has 0099_tomorrow",
                "the release that was here before",
            ),
        ],
    )
    async def test_a_fault_has_its_finding_and_a_remedy(
        self,
        connection: Connection,
        offline_almanac: Almanac,
        *,
        check: str,
        fault: str,
        wrong: str,
        remedy: str,
    ) -> None:
        await connection.execute(fault)

        found = await asked(connection, offline_almanac.service)

        assert found.keys() == {check}
        assert wrong in found[check].wrong
        assert remedy in found[check].remedy

    async def test_the_oldest_row_of_the_outbox_is_too_old(
        self, connection: Connection, offline_almanac: Almanac
    ) -> None:
        await offline_almanac.append(offline_almanac.written())
        fresh = await asked(connection, offline_almanac.service)
        await connection.execute(f"update outbox set created_at = {LONG_AGO}")

        old = await asked(connection, offline_almanac.service)

        assert fresh == {}
        assert old["outbox_oldest"].wrong.startswith("The outbox waits for 36")

    async def test_what_is_set_aside_can_be_released(
        self, connection: Connection, offline_almanac: Almanac
    ) -> None:
        await offline_almanac.append(offline_almanac.written())
        await connection.execute("update outbox set set_aside_at = now()")

        found = await asked(connection, offline_almanac.service)
        released = await offline_almanac.command("outbox", "release")

        assert found["outbox_set_aside"].remedy.endswith("outbox release")
        assert released[0] == 0
        assert await asked(connection, offline_almanac.service) == {}

    async def test_a_service_adds_what_only_it_can_know(
        self, connection: Connection, offline_almanac: Almanac
    ) -> None:
        async def own(connection: Connection, settings: Any) -> Sequence[Finding]:
            entries = await connection.fetchval("select count(*) from entry")
            wrong = f"{entries} entries with {settings.port}."
            return [Finding(check="entries", wrong=wrong, remedy="Write one.")]

        service = vars(offline_almanac.service) | {"checks": (own,)}

        found = await asked(connection, Service(**service))

        assert str(found["entries"]) == "0 entries with 8000. Write one."


class TestTopics:
    async def test_a_missing_topic_is_named(self, almanac: Almanac) -> None:
        elsewhere = f"missing-{almanac.suffix}"

        code, said = await almanac.command("doctor", ALMANAC_SUFFIX=elsewhere)

        assert code == 1
        assert f"entry.written-{elsewhere}" in said
        assert "Run: python -m chassis provision" in said

    async def test_a_setting_that_is_not_as_declared_is_named_with_both_values(
        self, almanac: Almanac
    ) -> None:
        name = f"drift-{almanac.suffix}"
        await almanac.create_topics(name, retention_ms="60000", cleanup_policy="delete")
        config = {"retention.ms": "120000", "cleanup.policy": "delete"}
        declared = Topic(name=name, purpose="test", partitions=3, config=config)

        # Kafka knows a topic a moment after it said that it made it.
        async def look() -> tuple[Drift, ...]:
            return await drifts(almanac.bootstrap, [declared], replication=3, min_insync=2)

        found = await eventually(look)

        assert {(each.setting, each.declared, each.found) for each in found} == {
            ("partitions", "3", "2"),
            ("replication", "3", "1"),
            ("min.insync.replicas", "2", "1"),
            ("retention.ms", "120000", "60000"),
        }

    async def test_a_service_looks_at_the_topics_of_its_own_file(
        self, almanac: Almanac, tmp_path: Path
    ) -> None:
        own = Topic(
            name=almanac.events.written.topic,
            purpose="test",
            partitions=2,
            config={"retention.ms": "5"},
        )
        others = own.model_copy(update={"name": "somebody.elses"})
        file = tmp_path / "topics.json"
        file.write_text(json.dumps({"topics": [own.model_dump(), others.model_dump()]}))
        service = Service(**vars(almanac.service) | {"topic_file": file})
        settings = Settings(database_url="", form_key="k" * 43, kafka_bootstrap=almanac.bootstrap)

        (found,) = await broker_checks.findings(service, settings)

        assert found.check == "topic_setting"
        assert found.remedy == "Run: python -m chassis provision TOPICS.json --correct"


class TestArrears:
    async def test_what_nobody_reads_is_counted_with_its_age(self, book: Book) -> None:
        topics = book.service.consumers.topics
        before = await arrears.arrears_of(book.bootstrap, book.name, topics)
        await book.send(*(record_of(book.written()) for _ in range(3)))

        found = await arrears.arrears_of(book.bootstrap, book.name, topics)

        assert before is None
        assert found is not None
        assert found.records == 3
        assert 0 <= found.oldest_seconds < 60

    async def test_a_running_service_leaves_nothing_though_transactions_end_with_a_mark(
        self, book: Book
    ) -> None:
        async def handled() -> bool:
            topics = book.service.consumers.topics
            return await arrears.arrears_of(book.bootstrap, book.name, topics) is None

        await book.send(*(record_of(book.stamped()) for _ in range(3)))

        async with book.running():
            await eventually(handled, timeout=60)

    async def test_an_old_one_is_a_finding(self, book: Book) -> None:
        await book.send(record_of(book.written()))
        settings = Settings(database_url="", form_key="k" * 43, kafka_bootstrap=book.bootstrap)
        young = await broker_checks.findings(book.service, settings)

        old = await broker_checks.findings(book.service, settings, arrears_seconds=0)

        assert young == []
        assert [each.check for each in old] == ["consumer_lag"]
        assert "About 1 records are not handled yet" in old[0].wrong
