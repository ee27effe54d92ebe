"""The command line of every service, run as an operator runs it: a process, its words, its code."""

import socket
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from almanac.almanac import Almanac, header
from almanac.fixtures import an_almanac, an_offline_almanac  # noqa: F401 - fixtures

from chassis.cause import Cause
from chassis.database import single_connection
from chassis.envelope import Gone
from embedded.ports import free_port
from embedded.testing import MakeDatabase, eventually

ONCE_STARTED = 60


async def publish_all(almanac: Almanac) -> None:
    async with almanac.relay().running():
        await eventually(almanac.all_published, timeout=ONCE_STARTED)


async def states(almanac: Almanac) -> list[Any]:
    found = await almanac.read(almanac.events.state.topic)
    return [each for each in found if header(each, "ce_type") != "heartbeat.v1"]


class TestMigrate:
    async def test_makes_an_empty_database_usable_and_may_be_repeated(
        self, offline_almanac: Almanac, make_database: MakeDatabase
    ) -> None:
        empty = {"ALMANAC_DATABASE_URL": make_database()}

        first = await offline_almanac.command("migrate", **empty)
        second = await offline_almanac.command("migrate", **empty)

        assert (first[0], second[0]) == (0, 0), first[1] + second[1]

    async def test_a_full_disk_is_told_with_the_setting_before_anything_is_made(
        self, offline_almanac: Almanac, make_database: MakeDatabase
    ) -> None:
        empty = make_database()
        full = {"ALMANAC_DATABASE_URL": empty, "ALMANAC_DISK_START_MEBIBYTES": "999999999"}

        code, said = await offline_almanac.command("migrate", **full)

        assert code == 1
        assert "are free, less than DISK_START_MEBIBYTES=999999999. Make room" in said
        async with single_connection(empty, application="test") as connection:
            tables = "select count(*) from pg_tables where schemaname = 'public'"
            assert await connection.fetchval(tables) == 0


class TestMigrateCheck:
    async def test_says_what_is_to_be_applied_and_applies_nothing(
        self, offline_almanac: Almanac, make_database: MakeDatabase
    ) -> None:
        empty = make_database()

        code, said = await offline_almanac.command("migrate", "--check", ALMANAC_DATABASE_URL=empty)

        assert code == 0
        assert "✓ Settings, secrets and database can be used" in said
        assert "0001_chassis" in said
        async with single_connection(empty, application="test") as connection:
            tables = "select count(*) from pg_tables where schemaname = 'public'"
            assert await connection.fetchval(tables) == 0

    async def test_says_that_nothing_is_to_be_applied(self, offline_almanac: Almanac) -> None:
        code, said = await offline_almanac.command("migrate", "--check")

        assert code == 0
        assert said == (
            "✓ Settings, secrets and database can be used; migrations to be applied: none.\n"
        )

    async def test_a_database_that_is_not_there_yet_keeps_nothing(
        self, offline_almanac: Almanac
    ) -> None:
        absent = f"postgresql://u:s3cret@127.0.0.1:{free_port()}/almanac"

        code, said = await offline_almanac.command(
            "migrate", "--check", ALMANAC_DATABASE_URL=absent
        )

        assert code == 0
        assert said.startswith("! No database answers yet (ConnectionRefusedError): only settings")

    async def test_a_full_disk_is_told_beside_what_the_database_says(
        self, offline_almanac: Almanac
    ) -> None:
        full = {"ALMANAC_DISK_START_MEBIBYTES": "999999999"}

        code, said = await offline_almanac.command("migrate", "--check", **full)

        assert code == 1
        [room, database] = said.splitlines()
        assert room.startswith("✗ Only ")
        assert "less than DISK_START_MEBIBYTES=999999999. Make room" in room
        assert database.startswith("✓ ")

    async def test_a_clock_from_before_the_database_is_told(self, offline_almanac: Almanac) -> None:
        await offline_almanac.execute("update _pogo_migration set applied = '2999-01-01'")

        code, said = await offline_almanac.command("migrate", "--check")

        assert code == 1
        assert said.startswith("✗ The clock says ")

    async def test_a_setting_that_cannot_be_used_is_named(self, offline_almanac: Almanac) -> None:
        code, said = await offline_almanac.command(
            "migrate", "--check", ALMANAC_TIME_ZONE="Nowhere"
        )

        assert code == 2
        assert said.startswith("Setting ALMANAC_TIME_ZONE cannot be used: ")


class TestNewerDatabase:
    @pytest.mark.parametrize("command", ["migrate", "migrate --check", "serve"])
    async def test_is_refused_in_one_sentence_with_the_remedy(
        self, offline_almanac: Almanac, command: str
    ) -> None:
        await offline_almanac.execute(
            "insert into _pogo_migration (migration_hash, migration_id, applied, schema_name)"
            " values ('hash', '0099_tomorrow', now(), 'public')"
        )

        code, said = await offline_almanac.command(*command.split())

        assert code == 1
        assert said.count("The database is newer than this release: it has 0099_tomorrow.") == 1
        assert "Start the release that was here before" in said


class TestWrongDatabase:
    @pytest.mark.parametrize("command", ["migrate", "migrate --check", "serve"])
    @pytest.mark.parametrize(
        ("address", "sentence"),
        [
            ("{url}_elsewhere", "The database refuses the setting ALMANAC_DATABASE_URL"),
            (" ", "The setting ALMANAC_DATABASE_URL is empty."),
            (
                "postgresql://u:s3cret@localhost/almanac?sslmode=s3cret",
                "The setting ALMANAC_DATABASE_URL cannot be used: ClientConfigurationError.",
            ),
        ],
    )
    async def test_is_refused_by_the_name_of_its_setting_without_its_value(
        self, offline_almanac: Almanac, command: str, address: str, sentence: str
    ) -> None:
        wrong = address.format(url=offline_almanac.url.partition("?")[0])

        code, said = await offline_almanac.command(*command.split(), ALMANAC_DATABASE_URL=wrong)

        assert code == 1
        assert said.count(sentence) == 1
        assert "s3cret" not in said


class TestAbsentDatabase:
    @pytest.mark.parametrize(
        "command", ["migrate", "parked list", "outbox status", "state republish"]
    )
    async def test_is_told_in_one_sentence_with_its_setting(
        self, offline_almanac: Almanac, command: str
    ) -> None:
        absent = f"postgresql://u:s3cret@127.0.0.1:{free_port()}/almanac"

        code, said = await offline_almanac.command(*command.split(), ALMANAC_DATABASE_URL=absent)

        assert code == 1
        assert said == (
            "The database does not answer: ConnectionRefusedError."
            " Is it up, and is the setting ALMANAC_DATABASE_URL right?\n"
        )


class TestServe:
    async def test_a_taken_port_is_told_with_the_setting_that_names_another(
        self, offline_almanac: Almanac
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])

            code, said = await offline_almanac.command("serve", ALMANAC_PORT=port)

        assert code == 1
        assert f"Cannot listen on 127.0.0.1:{port}: Address already in use." in said
        assert "set ALMANAC_PORT to another port" in said

    async def test_refuses_to_start_without_its_topics_and_says_how_to_make_them(
        self, almanac: Almanac
    ) -> None:
        almanac_elsewhere = {"ALMANAC_SUFFIX": f"missing-{almanac.suffix}"}

        code, said = await almanac.command("serve", **almanac_elsewhere)

        assert code == 1
        assert f"entry.state-missing-{almanac.suffix}" in said
        assert "python -m chassis provision" in said

    async def test_a_missing_key_of_links_is_told_with_its_setting_and_purpose(
        self, offline_almanac: Almanac
    ) -> None:
        code, said = await offline_almanac.command("serve", ALMANAC_LINK_PURPOSE="reading")

        assert code == 1
        assert said.count("the setting ALMANAC_LINK_KEYS has none for “reading”.") == 1
        assert "Traceback" not in said

    async def test_names_a_missing_setting_in_one_sentence(self, offline_almanac: Almanac) -> None:
        process = offline_almanac.process(without=("ALMANAC_FORM_KEY",)).start()
        await eventually(lambda: not process.running, timeout=ONCE_STARTED)

        assert process.exit_code == 2
        assert process.log_tail() == (
            "Setting ALMANAC_FORM_KEY is missing: set the variable,"
            " or write the file /run/secrets/almanac_form_key."
        )


class TestOutboxCommands:
    async def test_status_says_what_waits_on_which_topic(self, offline_almanac: Almanac) -> None:
        await offline_almanac.append(*offline_almanac.history(3))
        await offline_almanac.execute(
            "update outbox set set_aside_at = now(), error = 'MessageSizeTooLargeError'"
            " where seq = (select min(seq) from outbox)"
        )

        code, said = await offline_almanac.command("outbox", "status")

        assert code == 0
        assert f"{offline_almanac.events.written.topic}: 3 pending since" in said
        assert "1 set aside MessageSizeTooLargeError" in said

    async def test_replay_publishes_facts_since_a_time_under_their_old_ids(
        self, almanac: Almanac
    ) -> None:
        old, recent = almanac.written("old"), almanac.written("recent")
        (old_id, recent_id) = await almanac.append(old, recent)
        await almanac.append(almanac.events.state(entry_id=uuid4()))
        await publish_all(almanac)
        await almanac.execute(
            "update outbox set created_at = $1 where id = $2",
            datetime.now(UTC) - timedelta(days=2),
            old_id,
        )
        since = datetime.now(UTC) - timedelta(days=1)

        code, said = await almanac.command(
            "outbox", "replay", "--since", f"{since:%Y-%m-%dT%H:%M:%S}"
        )
        await publish_all(almanac)

        assert (code, said.strip()) == (0, "1 rows will be published.")
        found = await almanac.read(almanac.events.written.topic)
        assert sorted(UUID(header(record, "ce_id")) for record in found) == sorted(
            [old_id, recent_id, recent_id]
        )
        assert len(await states(almanac)) == 1
        assert await almanac.value("select command from operator_action") == "outbox replay"


class TestStateRepublish:
    async def test_says_every_state_and_every_gravestone_again(self, almanac: Almanac) -> None:
        kept, gone_id = uuid4(), uuid4()
        await almanac.write(kept)
        async with almanac.transaction() as connection:
            gone = Gone(state=almanac.events.state, id=gone_id, revision=9)
            await almanac.service.outbox.append_gone(connection, gone, cause=Cause.new())
        await publish_all(almanac)

        code, said = await almanac.command("state", "republish")
        await publish_all(almanac)

        assert (code, said.strip()) == (0, "2 records will be published.")
        found = [(UUID(each.key.decode()), each.value is None) for each in await states(almanac)]
        assert sorted(found) == sorted([(gone_id, True), (kept, False), (gone_id, True)])


class TestSweepCommand:
    async def test_confirm_runs_what_was_stopped_and_says_who_did_it(
        self, offline_almanac: Almanac
    ) -> None:
        await offline_almanac.execute(
            "insert into entry (id, revision, text)"
            " select gen_random_uuid(), 1, 'due' from generate_series(1, 60)"
        )

        stopped = await offline_almanac.command("sweep")
        doctor = await offline_almanac.command("doctor")
        confirmed = await offline_almanac.command("sweep", "--confirm")

        assert stopped[0] == 1
        assert stopped[1].endswith("\nStopped: end_entries. Look, then run sweep --confirm.\n")
        assert "end_entries would touch 60 of 60 rows" in doctor[1]
        assert confirmed == (0, "Confirmed: end_entries.\n")
        assert await offline_almanac.value("select count(*) from entry where text = 'due'") == 0
        assert await offline_almanac.value("select result from operator_action") == "end_entries"

    async def test_nothing_is_confirmed_by_a_clock_that_is_wrong(
        self, offline_almanac: Almanac
    ) -> None:
        await offline_almanac.execute(
            "insert into entry (id, revision, text)"
            " select gen_random_uuid(), 1, 'due' from generate_series(1, 60)"
        )
        await offline_almanac.command("sweep")
        await offline_almanac.execute("update _pogo_migration set applied = '2999-01-01'")

        code, said = await offline_almanac.command("sweep", "--confirm")

        assert code == 1
        assert said.startswith("Nothing was confirmed. The clock says ")
        assert "timedatectl" in said
        assert await offline_almanac.value("select count(*) from entry where text = 'due'") == 60

    async def test_another_time_is_refused_unless_allowed(self, offline_almanac: Almanac) -> None:
        later = ("sweep", "--at", "2099-01-01T00:00:00+0000")

        refused = await offline_almanac.command(*later)
        allowed = await offline_almanac.command(*later, ALMANAC_ALLOW_TIME_TRAVEL="true")

        assert refused[0] == 2
        assert "allow_time_travel" in refused[1]
        assert allowed[0] == 0


class TestDoctor:
    async def test_finds_nothing_wrong_with_a_healthy_service(self, almanac: Almanac) -> None:
        assert await almanac.command("doctor") == (0, "✓ Nothing wrong was found.\n")

    async def test_names_each_fault_and_its_remedy(self, offline_almanac: Almanac) -> None:
        await offline_almanac.append(offline_almanac.written())
        await offline_almanac.execute("update outbox set created_at = now() - interval '1 hour'")
        await offline_almanac.execute("insert into failing_sweep values ('count_entries')")

        swept = await offline_almanac.command("sweep")
        code, said = await offline_almanac.command("doctor")

        assert swept[0] == 1
        assert swept[1].endswith("\nSweeps failed: Unwilling. Which ones: doctor.\n")
        assert code == 1
        assert "Is the broker up?" in said
        assert "The outbox waits for 36" in said
        assert "Sweeps fail: count_entries (Unwilling, last " in said
