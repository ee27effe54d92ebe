"""`make size` where compose runs the exchange: each container's memory, and their sum."""

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor" / "memory.sh"
ENGINE = """#!/bin/sh
case "$*" in
  *" ps "*) {ps} ;;
  "stats "*) printf '%s\\n' 'x-surveys-1 800KiB / 1GiB' 'x-kafka-1 1.5GiB / 2GiB' ;;
esac
"""


def memory(folder: Path, *, ps: str) -> subprocess.CompletedProcess[str]:
    (folder / "docker").write_text(ENGINE.format(ps=ps))
    (folder / "docker").chmod(0o755)
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    asked = ("/bin/sh", SCRIPT)
    return subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_each_container_and_the_sum_are_told_in_one_unit(tmp_path: Path) -> None:
    told = memory(tmp_path, ps="echo 1 2")

    lines = [line.split() for line in told.stdout.splitlines()]
    assert lines == [["1611", "x-kafka-1"], ["1", "x-surveys-1"], ["1611", "all"]]


def test_where_nothing_runs_somebody_else_is_asked(tmp_path: Path) -> None:
    for ps in ("true", "exit 1"):
        told = memory(tmp_path, ps=ps)

        assert (told.returncode, told.stdout) == (1, "")
