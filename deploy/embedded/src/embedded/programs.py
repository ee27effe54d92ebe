"""Programs that are run to their end: what they print is the answer, an error is an exception."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

LIMIT_SECONDS = 600


class CommandRefused(RuntimeError):
    """A command ended with an error; the message is its own."""


def run_module(
    command: Sequence[str | Path], *, environment: Mapping[str, str], shows_progress: bool = False
) -> str:
    """Run `python -m` with this command and answer what it prints.

    With `shows_progress` what it writes to standard error goes to this process's.
    """
    done = subprocess.run(  # noqa: S603 - the commands are ours
        [sys.executable, "-m", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if shows_progress else subprocess.PIPE,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
        # Ctrl-C in the terminal reaches this process alone, which then kills the command.
        start_new_session=True,
    )
    if done.returncode:
        words = " ".join(map(str, command))
        raise CommandRefused(
            f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr or ''}"
        )
    return done.stdout
