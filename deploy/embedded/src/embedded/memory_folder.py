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
    prefix = f"{PREFIX}{os.getpid()}-"
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


def _remove_leftovers(memory: Path) -> None:
    """Of processes that were killed, and their servers with them.

    Whether the server runs says nothing: a test that kills its own brings it back.
    """
    for folder in memory.glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdecimal() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
