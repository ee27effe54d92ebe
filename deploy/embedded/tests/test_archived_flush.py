"""`flush.sh` names the file up to which the log is archived, or says how it failed."""

import pytest
from archived import write

from embedded.archived_postgres import ArchivedPostgres, ScriptFailed

CANNOT_BE_ASKED = 3

pytestmark = pytest.mark.usefixtures("base")


def flush(server: ArchivedPostgres) -> str:
    return server.run_script("flush.sh", server.backups)


def archived(server: ArchivedPostgres) -> set[str]:
    return {path.stem for path in (server.backups / "wal").glob("?" * 24 + ".gz")}


def test_twice_in_a_row_waits_for_no_file_that_is_not_due(server: ArchivedPostgres) -> None:
    write(server, "one")

    first, second = flush(server), flush(server)

    assert first <= second
    assert {first, second} <= archived(server)


def test_a_position_between_two_files_is_named_after_the_first(server: ArchivedPostgres) -> None:
    flush(server)

    idle = server.execute("select pg_walfile_name(pg_switch_wal() - 1)")

    assert idle in archived(server)


def test_a_server_that_cannot_be_asked_is_told_from_one_that_does_not_archive(
    server: ArchivedPostgres,
) -> None:
    wal = server.backups / "wal"
    elsewhere = wal.rename(server.backups / "unmounted")
    try:
        with pytest.raises(ScriptFailed, match="log is not archived") as broken:
            server.run_script("flush.sh", server.backups, PATH=quick(server))
    finally:
        elsewhere.rename(wal)
    server.kill()
    with pytest.raises(ScriptFailed) as dead:
        flush(server)

    assert broken.value.code == 1
    assert dead.value.code == CANNOT_BE_ASKED


def quick(server: ArchivedPostgres) -> str:
    """The programs as always, but a `sleep` that does not."""
    folder = server.backups / "quick"
    folder.mkdir()
    (folder / "sleep").write_text("#!/bin/sh\n")
    (folder / "sleep").chmod(0o755)
    server.hand_over(folder)
    return f"{folder}:{server.path}"
