"""On a disk that backups fill, fewer of them make room for the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.archived_postgres import ArchivedPostgres
from embedded.postgres_installation import CommandFailed

ROOM_FOR = 2
FULL = """#!/bin/sh
# A disk that holds so many backups; what does not fit is removed again, as the real one does. There
# two processes fail, and their words mix.
if [ "$(ls "{bases}" | wc -l)" -ge {room} ]; then
  twice='pg_basebackup: pg_basebackup: error: error:'
  echo "$twice could not write to file: No space left on device" >&2
  echo 'pg_basebackup: removing data directory "x"' >&2
  exit 1
fi
PATH={path}
exec pg_basebackup "$@"
"""


@pytest.fixture
def server() -> Iterator[ArchivedPostgres]:
    with ArchivedPostgres(durable=False) as server:
        yield server


@pytest.fixture
def full(server: ArchivedPostgres) -> str:
    """The PATH of a server whose disk has no room for a further backup."""
    programs = server.backups.parent / "full"
    programs.mkdir()
    program = programs / "pg_basebackup"
    bases = server.backups / "base"
    program.write_text(FULL.format(bases=bases, room=ROOM_FOR, path=server.path))
    program.chmod(0o755)
    server.hand_over(programs)
    path = f"{programs}:{server.path}"
    for _ in range(ROOM_FOR):
        take(server, path, keep=ROOM_FOR + 1)
    return path


def take(server: ArchivedPostgres, path: str, *, keep: int) -> str:
    return server.run_script("take.sh", server.backups, PATH=path, BACKUP_KEEP=str(keep))


def bases(server: ArchivedPostgres) -> list[Path]:
    return sorted((server.backups / "base").iterdir())


def test_what_is_to_be_kept_no_more_goes_before_a_new_one_is_taken(
    server: ArchivedPostgres, full: str
) -> None:
    newest = take(server, full, keep=1)

    assert [base.name for base in bases(server)] == [newest]


def test_one_that_does_not_fit_says_so_and_leaves_the_others(
    server: ArchivedPostgres, full: str
) -> None:
    before = bases(server)

    with pytest.raises(CommandFailed, match=r"No space left on device$") as refused:
        take(server, full, keep=ROOM_FOR + 1)

    assert str(refused.value).count("pg_basebackup: ") == 1
    assert bases(server) == before
