"""Data that nobody will miss, in memory: a database from a template is a thousand small files.

On a disk they take seven times as long (0.37 s against 0.05 s a database).
"""

import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "embedded-postgres-"
MEMORY = Path("/dev/shm")  # noqa: S108 - the folder gets an unguessable name
ENOUGH_BYTES = 4 * 2**30


def data_folder(memory: Path = MEMORY, *, enough_bytes: int = ENOUGH_BYTES) -> Path:
    """A new empty folder; where the system keeps what is temporary if memory is short."""
    _remove_leftovers(memory)
    roomy = memory.is_dir() and shutil.disk_usage(memory).free >= enough_bytes
    return Path(tempfile.mkdtemp(prefix=PREFIX, dir=memory if roomy else None))


def _remove_leftovers(memory: Path) -> None:
    """Of servers that were killed together with those who would have tidied up."""
    for pid_file in memory.glob(f"{PREFIX}*/postmaster.pid"):
        pid = _written_in(pid_file)
        if pid is not None and not _is_alive(pid):
            shutil.rmtree(pid_file.parent, ignore_errors=True)


def _written_in(pid_file: Path) -> int | None:
    """PostgreSQL writes a negative one while `initdb` works; the file comes and goes meanwhile."""
    try:
        return abs(int(pid_file.read_text().split()[0]))
    except (OSError, IndexError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
