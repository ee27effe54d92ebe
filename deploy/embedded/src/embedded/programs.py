"""Programs that are run to their end: what they print is the answer, an error is an exception."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LIMIT_SECONDS = 600


class CommandRefused(RuntimeError):
    """A command ended with an error; the message is its own."""


class Programs:
    """Runs programs, in any number of threads; `kill` ends all that run and lets none begin."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._killed = False

    def run_module(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        shows_progress: bool = False,
    ) -> str:
        """Run `python -m` with this command and answer what it prints.

        With `shows_progress` what it writes to standard error goes to this process's.
        """
        words = " ".join(map(str, command))
        if self._killed:
            raise CommandRefused(f"{words} is not begun any more")
        with subprocess.Popen(  # noqa: S603 - the commands are ours
            [sys.executable, "-m", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if shows_progress else subprocess.PIPE,
            text=True,
            # Ctrl-C in the terminal reaches this process alone, which then kills the command.
            start_new_session=True,
        ) as program:
            said, complained = self._until_its_end(program)
        if program.returncode:
            raise CommandRefused(
                f"{words} ended with {program.returncode}:\n{said}{complained or ''}"
            )
        return said

    def kill(self) -> None:
        self._killed = True
        for program in tuple(self._running):
            program.kill()

    def _until_its_end(self, program: subprocess.Popen[str]) -> tuple[str, str | None]:
        self._running.add(program)
        if self._killed:
            program.kill()
        try:
            return program.communicate(timeout=LIMIT_SECONDS)
        except BaseException:
            program.kill()
            raise
        finally:
            self._running.discard(program)
