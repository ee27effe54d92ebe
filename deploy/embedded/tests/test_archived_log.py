"""The archived log: a gap is no end, and a branch begins only where somebody went on with it."""

from pathlib import Path

import pytest
from archived import notes, now, recover, swap, take, write

from embedded.archived_postgres import ArchivedPostgres
from embedded.postgres_installation import CommandFailed


def flush(server: ArchivedPostgres) -> None:
    server.run_script("flush.sh", server.backups)


def segments(server: ArchivedPostgres) -> list[Path]:
    """The log's files in order, not the small ones of its branches."""
    return sorted((server.backups / "wal").glob("?" * 24 + ".gz"))


class TestBranches:
    def test_a_recovery_that_nobody_swaps_in_begins_none(
        self, server: ArchivedPostgres, base: str
    ) -> None:
        then = now()
        write(server, "wrong")
        flush(server)
        recover(server, base, then)

        write(server, "on")
        later = take(server)
        write(server, "and on")
        flush(server)
        recover(server, later)
        swap(server)

        assert notes(server) == ["kept", "wrong", "on", "and on"]

    def test_a_restore_is_undone_by_another_to_the_moment_before_it(
        self, server: ArchivedPostgres, base: str
    ) -> None:
        write(server, "right")
        then = now()
        write(server, "wrong")
        undo = now()
        flush(server)
        recover(server, base, then)
        swap(server)
        write(server, "after")
        flush(server)

        recover(server, base, undo)
        swap(server)

        assert notes(server) == ["kept", "right", "wrong"]

    def test_a_backup_keeps_the_log_of_all_that_stay(
        self, server: ArchivedPostgres, base: str
    ) -> None:
        early = now()
        for number in range(3):
            write(server, f"wrong {number}")
            flush(server)
        take(server)
        recover(server, base, early)
        swap(server)
        newer = take(server)
        write(server, "right")
        flush(server)
        take(server, keep="3")

        recover(server, newer)
        swap(server)

        assert notes(server) == ["kept", "right"]


class TestGap:
    @pytest.fixture
    def middle(self, server: ArchivedPostgres, base: str) -> Path:
        """Of the log since the backup, which has more before and after."""
        known = set(segments(server))
        for number in range(3):
            write(server, f"{number}")
            flush(server)
        return [path for path in segments(server) if path not in known][1]

    @pytest.mark.parametrize("how", ["damaged", "missing"])
    def test_is_no_end_of_the_archive(
        self, server: ArchivedPostgres, base: str, middle: Path, how: str
    ) -> None:
        whole = middle.read_bytes()
        if how == "missing":
            middle.unlink()
        else:
            middle.write_bytes(whole[: len(whole) // 2])

        with pytest.raises(CommandFailed) as refused:
            recover(server, base)
        middle.write_bytes(whole)

        assert f"{middle.name} of the archive is {how}" in str(refused.value)
        assert notes(server) == ["kept", "0", "1", "2"]
