"""A server with backups in a test's hands: written to, backed up, recovered, held."""

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from embedded.archived_postgres import ArchivedPostgres
from embedded.waiting import wait_until

Rows = list[str]


def write(server: ArchivedPostgres, text: str) -> None:
    server.execute(f"insert into note values ('{text}')")


def notes(server: ArchivedPostgres) -> Rows:
    return server.execute("select text from note order by ctid").splitlines()


def take(server: ArchivedPostgres, *, keep: str = "2") -> str:
    return server.run_script("take.sh", server.backups, BACKUP_KEEP=keep)


def recover(server: ArchivedPostgres, base: str, *time: str) -> None:
    server.run_script("recover.sh", server.data, server.backups, base, *time)


def swap(server: ArchivedPostgres) -> None:
    server.pause()
    server.run_script("swap.sh", server.data)
    server.start()


def now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f+00}"


def hold_end_of_recovery(data: Path, seconds: float = 1) -> None:
    """As on a slow disk: stop it for a while right after `recovery.signal` went."""
    wait_until(lambda: startup_process(data) is not None, limit_seconds=30, waiting_for="recovery")
    process = startup_process(data)
    assert process is not None
    while (data / "recovery.signal").exists():
        pass  # the end is over in milliseconds: a pause here would miss it
    os.kill(process, signal.SIGSTOP)
    time.sleep(seconds)  # the slow disk itself, not a wait for something
    os.kill(process, signal.SIGCONT)


def startup_process(data: Path) -> int | None:
    """Of the server in this folder, while it recovers."""
    server = data / "postmaster.pid"
    if not server.exists() or not (parent := server.read_text().split("\n")[0]):
        return None
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    titles = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return next((child for child, title in titles.items() if b"startup" in title), None)
