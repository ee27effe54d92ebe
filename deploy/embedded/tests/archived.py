"""A server with backups in a test's hands: written to, backed up, recovered, held."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from embedded.archived_postgres import ArchivedPostgres

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


def recover_on_a_slow_disk(server: ArchivedPostgres, base: str, moment: str) -> None:
    """Again until its end was held: it is over in milliseconds, and a busy machine misses it."""
    was_held = False
    while not was_held:
        over = Event()
        with ThreadPoolExecutor() as beside:
            held = beside.submit(hold_end_of_recovery, server.data / ".recovered", over)
            try:
                recover(server, base, moment)
            finally:
                over.set()
        was_held = held.result()


def hold_end_of_recovery(data: Path, over: Event, seconds: float = 1) -> bool:
    """As on a slow disk: stop it right after `recovery.signal` went; or tell that it was late."""
    process = None
    while process is None:
        if over.wait(0.01):
            return False
        process = startup_process(data)
    while (data / "recovery.signal").exists():
        pass  # a pause here would miss it
    try:
        os.kill(process, signal.SIGSTOP)
        time.sleep(seconds)  # the slow disk itself, not a wait for something
        os.kill(process, signal.SIGCONT)
    except ProcessLookupError:
        return False
    return True


def startup_process(data: Path) -> int | None:
    """Of the server in this folder, while it recovers."""
    try:
        parent = (data / "postmaster.pid").read_text().split("\n")[0]
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        titles = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    except OSError:
        return None
    return next((child for child, title in titles.items() if b"startup" in title), None)
