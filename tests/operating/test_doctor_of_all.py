"""`make doctor` over all services, with a `docker` that answers as an engine would."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from doctored import ALL_RUN, RUNNING, asked
from installation import Installation

from embedded.exchange_settings import SERVICES

Doctor = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of an installation with secrets of its own."""
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made.settings


@pytest.fixture
def doctor(tmp_path: Path, settings: Path) -> Doctor:
    return partial(asked, tmp_path, settings)


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


def test_a_replica_that_does_not_run_is_named_and_the_others_are_asked(doctor: Doctor) -> None:
    code, said = doctor(replicas={"matching": 3, "surveys": 2}, ps=f"{ALL_RUN} surveys matching")

    assert code == 2
    assert said.count(" replicas of ") == 1
    assert "✗ Only 2 of 3 replicas of matching run. Run: " in said
    assert "up --detach matching" in said
    assert "exec matching python -m matching doctor" in said


def test_the_files_that_an_installation_names_are_used_and_no_other(doctor: Doctor) -> None:
    ps = 'case "$*" in "compose ps "*) echo listings ;; *) exit 1 ;; esac'

    _, said = doctor(ps=ps, files="/srv/compose.yaml:/srv/compose.cluster.yaml")

    assert "Run: docker compose up --detach surveys" in said


@pytest.mark.parametrize("ps", ["exit 1", "exit 127"])
def test_without_an_engine_it_says_how_to_ask_a_service(doctor: Doctor, ps: str) -> None:
    code, said = doctor(ps=ps)

    assert code == 2
    assert ".venv/bin/python -m SERVICE doctor" in said


def test_a_port_that_compose_refuses_is_named_with_its_setting(
    tmp_path: Path, settings: Path
) -> None:
    wrong = tmp_path / "env"
    wrong.write_text(f"{settings.read_text()}\nGATEWAY_PORT=80a\n")

    code, said = asked(tmp_path, wrong, config="echo Invalid hostPort: 80a >&2; exit 1")

    assert code == 2
    assert (
        said == "✗ GATEWAY_PORT=80a is no whole number from 1 to 65535: set one in deploy/.env.\n"
    )


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
