"""`make doctor` over all services, with a `docker` that answers as an engine would."""

import os
import subprocess
from pathlib import Path

import pytest

from embedded.exchange_settings import SERVICES

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor.sh"
ENGINE = """#!/bin/sh
case "$*" in
  *" ps "*) {ps} ;;
  *" exec "*) for last; do :; done; echo "asked: $*" | sed 's/.*exec -T/exec/'; {doctor} ;;
esac
"""
ALL_RUN = f"printf '%s\\n' {' '.join(SERVICES)}"


def doctor(folder: Path, *, ps: str = ALL_RUN, finds: str = "exit 0") -> tuple[int, str]:
    engine = folder / "docker"
    engine.write_text(ENGINE.format(ps=ps, doctor=finds))
    engine.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    ended = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", SCRIPT],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def test_every_service_is_asked_in_its_container(tmp_path: Path) -> None:
    code, said = doctor(tmp_path)

    assert code == 0
    for service in SERVICES:
        assert f"exec {service} python -m {service} doctor" in said


def test_one_finding_is_enough_to_fail_and_the_others_are_asked_all_the_same(
    tmp_path: Path,
) -> None:
    code, said = doctor(tmp_path, finds='case "$*" in *matching*) exit 1 ;; esac')

    assert code == 1
    assert said.count("exec ") == len(SERVICES)


def test_a_service_that_does_not_run_is_named_with_the_command_that_starts_it(
    tmp_path: Path,
) -> None:
    code, said = doctor(tmp_path, ps="printf 'listings\\nmatching\\nnotifications\\n'")

    assert code == 2
    assert "docker compose -f deploy/compose.yaml up --detach surveys" in said


@pytest.mark.parametrize("ps", ["exit 1", "exit 127"])
def test_without_an_engine_it_says_how_to_ask_a_service(tmp_path: Path, ps: str) -> None:
    code, said = doctor(tmp_path, ps=ps)

    assert code == 2
    assert ".venv/bin/python -m SERVICE doctor" in said
