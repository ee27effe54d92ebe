"""The scripts of backup and restore on a real server: any moment comes back, or nothing changes."""

from pathlib import Path

import pytest
from archived import notes, now, recover, recover_on_a_slow_disk, swap, take, write

from embedded.archived_postgres import ArchivedPostgres
from embedded.postgres_installation import CommandFailed

FULL_DISK = Path("/proc")


def test_a_lost_server_comes_back_with_all_that_was_archived(
    server: ArchivedPostgres, base: str
) -> None:
    write(server, "archived")
    server.run_script("flush.sh", server.backups)

    server.lose_data()
    recover(server, base)
    swap(server)

    assert notes(server) == ["kept", "archived"]


def test_a_moment_comes_back_and_later_ones_can_be_restored_after_it(
    server: ArchivedPostgres, base: str
) -> None:
    write(server, "right")
    then = now()
    write(server, "wrong")
    server.run_script("flush.sh", server.backups)

    recover(server, base, then)
    swap(server)
    before, again = notes(server), now()
    write(server, "after")
    server.run_script("flush.sh", server.backups)
    recover(server, base)
    swap(server)

    assert before == ["kept", "right"]
    assert notes(server) == ["kept", "right", "after"]
    assert again > then


def test_a_server_slow_to_end_its_recovery_stays_at_the_moment(
    server: ArchivedPostgres, base: str
) -> None:
    write(server, "right")
    then = now()
    write(server, "wrong")
    server.run_script("flush.sh", server.backups)

    recover_on_a_slow_disk(server, base, then)
    swap(server)

    assert notes(server) == ["kept", "right"]


def test_only_the_newest_backups_stay_and_the_log_since_then(
    server: ArchivedPostgres, base: str
) -> None:
    def archived() -> list[str]:
        """The log's files, which are named in order; not the small ones of its branches."""
        return sorted(path.name for path in (server.backups / "wal").glob("?" * 24 + ".gz"))

    oldest_before = archived()[0]
    newest = [take(server), take(server)]

    assert sorted(path.name for path in (server.backups / "base").iterdir()) == newest
    assert oldest_before not in archived()


@pytest.mark.parametrize("keep", ["0", "-1", "seven"])
def test_a_number_that_is_none_takes_and_removes_nothing(
    server: ArchivedPostgres, base: str, keep: str
) -> None:
    before = sorted((server.backups / "base").iterdir())

    with pytest.raises(CommandFailed, match=f"^BACKUP_KEEP={keep} is no number of backups"):
        take(server, keep=keep)

    assert sorted((server.backups / "base").iterdir()) == before


def test_a_backup_says_in_the_database_when_it_was_taken(
    server: ArchivedPostgres, base: str
) -> None:
    said = (
        "select shobj_description(oid, 'pg_database') from pg_database where datname = 'postgres'"
    )

    assert server.execute(said) == f"last backup {base}"


def test_a_time_after_the_end_of_the_archive_changes_nothing(
    server: ArchivedPostgres, base: str
) -> None:
    later = "2999-01-01 00:00:00+00"

    with pytest.raises(CommandFailed) as refused:
        recover(server, base, later)

    assert str(refused.value) == (
        f"The archive ends before {later}. Leave the time out to restore its end."
    )
    assert notes(server) == ["kept"]
    assert not (server.data / ".recovered").exists()


def test_a_damaged_backup_changes_nothing(server: ArchivedPostgres, base: str) -> None:
    victim = server.backups / "base" / base / "global" / "pg_control"
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))

    with pytest.raises(CommandFailed) as refused:
        recover(server, base)
    victim.write_bytes(whole)

    assert str(refused.value).endswith(f"The backup of {base} is damaged. Name a time before it.")
    assert notes(server) == ["kept"]


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_changes_nothing(server: ArchivedPostgres, base: str) -> None:
    with pytest.raises(CommandFailed, match=r"^The disk is too full: \d+ MB are needed, 0 MB free"):
        server.run_script("recover.sh", FULL_DISK, server.backups, base)


def test_what_was_not_recovered_is_not_swapped(server: ArchivedPostgres, base: str) -> None:
    with pytest.raises(CommandFailed, match=r"^Nothing was recovered.$"):
        server.run_script("swap.sh", server.data)

    assert notes(server) == ["kept"]


class TestArchive:
    @pytest.fixture
    def folder(self, server: ArchivedPostgres, unique: str) -> Path:
        """In which `one` is archived already."""
        folder = server.backups / unique
        folder.mkdir()
        for name in ("one", "two"):
            (folder / name).write_text(name)
        server.hand_over(folder)
        server.run_script("archive.sh", folder / "one", folder / "kept.gz")
        return folder

    def test_the_same_file_again_changes_nothing(
        self, server: ArchivedPostgres, folder: Path
    ) -> None:
        server.run_script("archive.sh", folder / "one", folder / "kept.gz")

    def test_another_file_of_the_same_name_is_refused(
        self, server: ArchivedPostgres, folder: Path
    ) -> None:
        with pytest.raises(CommandFailed):
            server.run_script("archive.sh", folder / "two", folder / "kept.gz")
