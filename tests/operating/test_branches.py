"""After a restore without a new backup every moment since can be restored, from an older one."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded.archived_postgres import ArchivedPostgres
from embedded.postgres_installation import CommandFailed


@pytest.fixture(scope="module")
def running() -> Iterator[ArchivedPostgres]:
    with ArchivedPostgres(durable=False) as server:
        yield server


@pytest.fixture
def server(running: ArchivedPostgres) -> ArchivedPostgres:
    """With one row, and without the backups of other tests."""
    running.execute("drop table if exists note; create table note (text text)")
    write(running, "kept")
    take(running, keep=1)
    return running


def write(server: ArchivedPostgres, text: str) -> None:
    server.execute(f"insert into note values ('{text}')")


def notes(server: ArchivedPostgres) -> list[str]:
    return server.execute("select text from note order by ctid").splitlines()


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f+00}"


def bases(server: ArchivedPostgres) -> list[Path]:
    return sorted((server.backups / "base").iterdir())


def take(server: ArchivedPostgres, *, keep: int = 9) -> str:
    return server.run_script("take.sh", server.backups, BACKUP_KEEP=str(keep))


def flush(server: ArchivedPostgres) -> None:
    server.run_script("flush.sh", server.backups)


def recover(server: ArchivedPostgres, base: str, *time: str) -> None:
    server.run_script("recover.sh", server.data, server.backups, base, *time)


def swap(server: ArchivedPostgres) -> None:
    server.pause()
    server.run_script("swap.sh", server.data)
    server.start()


@pytest.fixture
def left_behind(server: ArchivedPostgres) -> tuple[str, str]:
    """Back to before the newest backup, and on; that backup, and a moment since then."""
    write(server, "right")
    then = now()
    write(server, "wrong")
    newest = take(server)
    write(server, "wrong again")
    flush(server)
    recover(server, bases(server)[0].name, then)
    swap(server)
    write(server, "since")
    since = now()
    write(server, "too late")
    flush(server)
    return newest, since


def test_the_latest_state_comes_back_from_before_what_was_left_behind(
    server: ArchivedPostgres, left_behind: tuple[str, str]
) -> None:
    newest, _ = left_behind

    recover(server, newest)
    swap(server)

    assert notes(server) == ["kept", "right", "since", "too late"]


def test_a_moment_between_a_restore_and_the_next_backup_comes_back(
    server: ArchivedPostgres, left_behind: tuple[str, str]
) -> None:
    newest, since = left_behind
    take(server)

    recover(server, newest, since)
    swap(server)

    assert notes(server) == ["kept", "right", "since"]


def test_what_was_left_behind_comes_back_from_its_own_backup(
    server: ArchivedPostgres, left_behind: tuple[str, str]
) -> None:
    newest, _ = left_behind

    recover(server, newest, newest.replace("T", " ").replace("Z", "+00"))
    swap(server)

    assert notes(server) == ["kept", "right", "wrong"]


def test_without_an_older_backup_it_says_which_times_can_be_restored(
    server: ArchivedPostgres, left_behind: tuple[str, str]
) -> None:
    newest, since = left_behind
    before = notes(server)
    shutil.rmtree(bases(server)[0])

    with pytest.raises(CommandFailed) as refused:
        recover(server, newest, since)

    assert str(refused.value).startswith("The backups from before then are of what the restore of ")
    assert str(refused.value).endswith("Name a time before it, or one after the next backup.")
    assert notes(server) == before
