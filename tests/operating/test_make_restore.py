"""`make restore` says how it stands: nothing changed, stopped half way, or only no new backup."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = """#!/bin/sh
case "$*" in
  {failing}) echo 'No space left on device.' >&2; exit 1 ;;
  *" ls /backups/base") echo 2026-11-19T02:00:05.250Z ;;
  *) echo done ;;
esac
"""


def restoring(folder: Path, *, failing: str) -> tuple[int, str]:
    """With a `docker` that answers as an engine would, but for one step."""
    engine = folder / "docker"
    engine.write_text(ENGINE.format(failing=failing))
    engine.chmod(0o755)
    ended = subprocess.run(
        ["make", "--silent", "restore"],  # noqa: S607 - where it lies differs
        cwd=ROOT,
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr.splitlines()[0] if ended.stderr else ""


@pytest.mark.parametrize(
    ("failing", "how_it_stands"),
    [
        ('*"prepare.sh"*', "Nothing was changed."),
        ('*"recover.sh"*', "Nothing was changed."),
        ('*"swap.sh"*', "The services do not run: repeat the same command."),
        ('*" matching catch-up"', "The services do not run: repeat the same command."),
        ('*"take.sh"*', "Restored; only the new backup failed: make backup"),
    ],
)
def test_it_says_how_it_stands(tmp_path: Path, failing: str, how_it_stands: str) -> None:
    code, said = restoring(tmp_path, failing=failing)

    assert code != 0
    assert said == f"No space left on device. {how_it_stands}"


def test_a_time_of_several_words_is_one_time(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "restore", "TO=2026-11-20 12:00"],  # noqa: S607 - the same
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert 'make_restore.py "2026-11-20 12:00"' in told
