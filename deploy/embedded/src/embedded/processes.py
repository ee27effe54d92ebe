"""Child processes: started, stopped, killed, started again; none outlives its parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Self

_PR_SET_PDEATHSIG = 1

INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)


class ProcessEnded(RuntimeError):
    """A process ended before it was ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user a process runs as; by default the current one."""

    user_id: int | None = None
    group_id: int | None = None

    @property
    def extra_groups(self) -> list[int] | None:
        """None for somebody else: their process must not keep the groups of the current user."""
        return None if self.user_id is None else []


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is started, and with which surroundings."""

    name: str
    arguments: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    directory: Path | None = None
    account: Account = Account()


class Process:
    """One command, of which at most one process runs at a time."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        if self.running:
            return self
        # The death signal follows the thread that started the child, not its process:
        # one thread that lives as long as the process starts them all.
        self._child = _spawner().submit(_spawn, self.command).result()
        return self

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        if self._child is None:
            message = f"{self.command.name} was never started"
            raise ProcessEnded(message)
        return self._child.pid

    @property
    def exit_code(self) -> int | None:
        return None if self._child is None else self._child.poll()

    def kill(self) -> None:
        """Kill -9 the process and its group, and wait until it is gone."""
        self._signal(signal.SIGKILL)
        self._wait(limit_seconds=None)

    def stop(self, *, limit_seconds: float = 10, with_signal: int = signal.SIGTERM) -> int | None:
        """Ask the process to end, kill it when it has not by the limit; answer its exit code."""
        self._signal(with_signal)
        try:
            self._wait(limit_seconds=limit_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        return self.exit_code

    def restart(self, *, limit_seconds: float = 10) -> None:
        self.stop(limit_seconds=limit_seconds)
        self.start()

    def demand_running(self) -> None:
        """Raise `ProcessEnded` with the last lines of the log when the process is not running."""
        if self.running:
            return
        raise ProcessEnded(
            f"{self.command.name} ended with {self.exit_code}; "
            f"the end of {self.command.log}:\n{self.log_tail()}"
        )

    def log_tail(self, *, lines: int = 20) -> str:
        text = self.command.log.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _signal(self, number: int) -> None:
        if self._child is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, number)

    def _wait(self, *, limit_seconds: float | None) -> None:
        if self._child is not None:
            self._child.wait(timeout=limit_seconds)


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    account = command.account
    with command.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - the commands are ours
            [os.fspath(argument) for argument in command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(command.environment),
            cwd=command.directory,
            # A session of its own: Ctrl-C in the terminal reaches the parent alone.
            start_new_session=True,
            preexec_fn=_prepared(os.getpid()),  # noqa: PLW1509 - system calls, no lock
            user=account.user_id,
            group=account.group_id,
            extra_groups=account.extra_groups,
        )


def _prepared(parent: int) -> Callable[[], None]:
    """What the child does between fork and exec: it ends at a signal, and with its parent."""
    prctl = _libc().prctl if sys.platform.startswith("linux") else None

    def prepare() -> None:
        for number in INTERRUPTIONS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTIONS)
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _block_interruptions() -> None:
    """Until its exec a child would else run the parent's handler at a Ctrl-C to the terminal."""
    signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


@cache
def _spawner() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(
        max_workers=1, thread_name_prefix="spawner", initializer=_block_interruptions
    )
