"""`make doctor` over all services, with a `docker` that answers as an engine would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from embedded.exchange_settings import SERVICES

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor" / "doctor.sh"
ADDRESS = {
    "HOST_NAME": "",
    "PUBLIC_URL": "http://localhost",
    "GATEWAY_LISTEN": "",
    "GATEWAY_PORT": "80",
    "GATEWAY_TLS_PORT": "443",
    "KAFKA_HOST": "localhost",
    "KAFKA_PORT": "19094",
    "BACKUP_KEEP": "7",
    "DISK_WARN_PERCENT": "20",
}
CONFIG = {
    "services": {"address": {"environment": ADDRESS}},
    "x-doctor": {"DISK_WARN_PERCENT": "20", "DISK_FREE_PERCENT": "10"},
}
ENGINE = """#!/bin/sh
case "$*" in
  *" config --services") printf '%s\\n' {configured} ;;
  *" config "*) cat "$(dirname "$0")/config.json" ;;
  *" sh -s "*) {room} ;;
  *" ps "*) {ps} ;;
  *" port "*) {port} ;;
  *" exec "*) for last; do :; done; echo "asked: $*" | sed 's/.*exec -T/exec/'; {doctor} ;;
esac
"""
Doctor = Callable[..., tuple[int, str]]
RUNNING = (*SERVICES, "kafka", "postgres", "gateway")
ALL_RUN = f"printf '%s\\n' {' '.join(RUNNING)}"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an installation with secrets of its own."""
    folder = tmp_path_factory.mktemp("installation")
    script = SCRIPT.parents[1] / "keys" / "make_secrets.py"
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
    configured: str = " ".join(RUNNING),
    port: str = "echo 0.0.0.0:8000",
    finds: str = "exit 0",
    room: str = "exit 0",
    files: str = "",
    host_name: str = "",
    kept: str = "echo yes",
) -> tuple[int, str]:
    engine = folder / "docker"
    engine.write_text(
        ENGINE.format(ps=ps, port=port, doctor=finds, room=room, configured=configured)
    )
    config = json.dumps(CONFIG).replace('"HOST_NAME": ""', f'"HOST_NAME": "{host_name}"')
    (folder / "config.json").write_text(config)
    engine.chmod(0o755)
    clock = folder / "timedatectl"
    clock.write_text(f"#!/bin/sh\n{kept}\n")
    clock.chmod(0o755)
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


@pytest.mark.parametrize("missing", RUNNING)
def test_what_does_not_run_is_named_with_the_command_that_starts_it(
    doctor: Doctor, missing: str
) -> None:
    others = [name for name in RUNNING if name != missing]

    code, said = doctor(ps=f"printf '%s\\n' {' '.join(others)}")

    assert code == 2
    assert f"docker compose -f deploy/compose.yaml up --detach {missing}" in said


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


def test_the_room_that_a_container_tells_is_judged_by_the_settings(doctor: Doctor) -> None:
    full = 'shift 8; cat >/dev/null; echo "$1 7 overlay 1000 950 50 95% /"'

    code, said = doctor(room=full)

    assert code == 1
    assert "✗ The disk of the databases has 0.0 GiB (5 %) free" in said


def test_room_is_asked_in_words_that_a_shell_understands(doctor: Doctor) -> None:
    _, said = doctor(room='shift 8; sh -s "$1" /tmp ${3:+"$3" /tmp}')

    for name in ("topics", "databases", "backups"):
        assert f"The disk of the {name} has " in said
    assert "! The backups lie on the disk of the databases" in said


def test_every_broker_has_to_run_and_is_asked_for_its_room(doctor: Doctor) -> None:
    all_but_the_third = f"printf '%s\\n' {' '.join(RUNNING)} kafka-2"

    code, said = doctor(
        configured=f"{' '.join(RUNNING)} kafka-2 kafka-3",
        ps=all_but_the_third,
        room='shift 8; sh -s "$1" /tmp ${3:+"$3" /tmp}',
    )

    assert code == 2
    assert "✗ kafka-3 does not run." in said
    assert "The disk of the topics has " in said
    assert "The disk of the topics of kafka-2 has " in said


def test_an_address_that_cannot_work_is_a_finding(doctor: Doctor) -> None:
    code, said = doctor(host_name="boerse.cluster.example")

    assert code == 1
    assert "✗ PUBLIC_URL=http://localhost does not fit HOST_NAME=boerse.cluster.example" in said


@pytest.mark.parametrize(
    ("kept", "code", "mark"), [("echo yes", 0, "✓"), ("echo no", 1, "✗"), ("exit 1", 0, "!")]
)
def test_a_clock_that_nobody_keeps_is_a_finding(
    doctor: Doctor, *, kept: str, code: int, mark: str
) -> None:
    found, said = doctor(kept=kept)

    assert found == code
    assert f"clock\n{mark} " in said


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
