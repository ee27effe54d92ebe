"""`make doctor` over all services, with a `docker` that answers as an engine would."""

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from embedded.exchange_settings import SERVICES

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor.sh"
ENGINE = """#!/bin/sh
case "$*" in
  *" ps "*) {ps} ;;
  *" port "*) {port} ;;
  *" exec "*) for last; do :; done; echo "asked: $*" | sed 's/.*exec -T/exec/'; {doctor} ;;
esac
"""
Doctor = Callable[..., tuple[int, str]]
ALL_RUN = f"printf '%s\\n' {' '.join(SERVICES)}"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an installation with secrets of its own."""
    folder = tmp_path_factory.mktemp("installation")
    script = SCRIPT.parent / "keys" / "make_secrets.py"
    asked = (sys.executable, script, "--folder", folder / "secrets", "--settings", folder / "env")
    subprocess.run(asked, check=True, capture_output=True)  # noqa: S603 - the script is ours
    return folder / "env"


@pytest.fixture
def doctor(tmp_path: Path, settings: Path) -> Doctor:
    return partial(asked, tmp_path, settings)


def asked(
    folder: Path,
    settings: Path,
    *,
    ps: str = ALL_RUN,
    port: str = "echo 0.0.0.0:8000",
    finds: str = "exit 0",
    files: str = "",
) -> tuple[int, str]:
    engine = folder / "docker"
    engine.write_text(ENGINE.format(ps=ps, port=port, doctor=finds))
    engine.chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    ended = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", SCRIPT],
        env=os.environ | {"PATH": path, "COMPOSE_ENV_FILES": str(settings), "COMPOSE_FILE": files},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def test_every_service_is_asked_in_its_container(doctor: Doctor) -> None:
    code, said = doctor()

    assert code == 0
    for service in SERVICES:
        assert f"exec {service} python -m {service} doctor" in said


def test_one_finding_is_enough_to_fail_and_the_others_are_asked_all_the_same(
    doctor: Doctor,
) -> None:
    code, said = doctor(finds='case "$*" in *matching*) exit 1 ;; esac')

    assert code == 1
    assert said.count("exec ") == len(SERVICES)


def test_a_service_that_does_not_run_is_named_with_the_command_that_starts_it(
    doctor: Doctor,
) -> None:
    code, said = doctor(ps="printf 'listings\\nmatching\\nnotifications\\n'")

    assert code == 2
    assert "docker compose -f deploy/compose.yaml up --detach surveys" in said


def test_the_files_that_an_installation_names_are_used_and_no_other(doctor: Doctor) -> None:
    ps = 'case "$*" in "compose ps "*) echo listings ;; *) exit 1 ;; esac'

    _, said = doctor(ps=ps, files="/srv/compose.yaml:/srv/compose.cluster.yaml")

    assert "Run: docker compose up --detach surveys" in said


@pytest.mark.parametrize("ps", ["exit 1", "exit 127"])
def test_without_an_engine_it_says_how_to_ask_a_service(doctor: Doctor, ps: str) -> None:
    code, said = doctor(ps=ps)

    assert code == 2
    assert ".venv/bin/python -m SERVICE doctor" in said


def test_a_gateway_that_no_port_leads_to_is_named(doctor: Doctor) -> None:
    code, said = doctor(port="exit 1")

    assert code == 2
    assert "up --detach gateway" in said


def test_a_certificate_is_told_with_the_day_until_which_it_is_good(doctor: Doctor) -> None:
    _, said = doctor()

    assert "✓ kafka_keystore.pem is good until 20" in said


def test_one_that_runs_out_is_told_with_what_renews_it(tmp_path: Path) -> None:
    short = tmp_path / "secrets"
    short.mkdir()
    for name in ("kafka_keystore.pem", "kafka_ca.pem"):
        (short / name).write_text(certificate_for_days(29))
    (tmp_path / "env").write_text(f"SECRETS={short}\n")

    code, said = asked(tmp_path, tmp_path / "env")

    assert code == 1
    assert 'Run: make secrets ARGS="--rotate certificate"' in said


def certificate_for_days(days: int) -> str:
    words = f"req -x509 -newkey ed25519 -nodes -keyout /dev/null -subj /CN=kafka -days {days}"
    made = subprocess.run(  # noqa: S603 - the words are ours
        ["openssl", *words.split()],  # noqa: S607 - where it lies differs
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout
