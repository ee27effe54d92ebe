"""`make preflight` as a whole, with a `docker` that answers as an engine would and notes calls."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "doctor"))

from asking import JOBS, project
from installation import Installation
from machine import machine_settings

from embedded.exchange_settings import SERVICES
from embedded.ports import free_port

SCRIPT = Path(__file__).parents[2] / "deploy" / "doctor" / "preflight.sh"
ENGINE = """#!/bin/sh
echo "$*" >>{folder}/calls
case "$*" in
  "info "*) {info} ;;
  "image inspect "*) {image} ;;
  "inspect "*) echo '[]' ;;
  "network ls "*) printf '%s\\n' {networks} ;;
  *" run --rm --no-deps -T "*) {run} ;;
  "compose "*"config "*) {config} ;;
  *" ps "*) printf '%s\\n' {running} ;;
esac
"""
JOB_OF_OURS = {"image": "kooperationsboerse-listings", "networks": {"default": None}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    code: int
    said: str
    calls: tuple[str, ...]

    @property
    def asked(self) -> list[str]:
        """The words after `run` and its options."""
        return [each.partition(" -T ")[2] for each in self.calls if " run --rm " in each]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    folder: Path
    installed: Installation

    def preflight(self, *, port: int | None = None, files: str = "", **answers: str) -> Preflight:
        config = self.folder / "config.json"
        config.write_text(json.dumps(self.configured(port or free_port())))
        default = {"info": f"echo {self.folder}", "image": "exit 0", "networks": "bridge"}
        default |= {"run": "exit 0", "config": f"cat {config}", "running": "", "clock": "echo yes"}
        told = default | answers
        self._program("docker", ENGINE.format(folder=self.folder, **told))
        self._program("timedatectl", f"#!/bin/sh\n{told['clock']}\n")
        return self._ended(files)

    def configured(self, port: int) -> dict[str, Any]:
        place = {"target": 80, "published": str(port), "host_ip": "127.0.0.1"}
        kept = {"type": "volume", "source": "backups", "target": "/backups"}
        services: dict[str, Any] = {job: dict(JOB_OF_OURS) for job in JOBS}
        services["address"]["environment"] = machine_settings()
        services["provision"]["environment"] = {"DISK_START_MEBIBYTES": "0"}
        services |= {
            "listings": {"image": JOB_OF_OURS["image"], "build": {"context": ".."}},
            "gateway": {"image": "caddy:2", "ports": [place]},
            "postgres": {"image": "postgres:17", "volumes": [kept]},
        }
        return {
            "name": "exchange",
            "services": services,
            "networks": {"default": {"name": "exchange_default"}},
            "secrets": {"key": {"file": str(self.installed.secrets / "listings_form_key")}},
            "x-doctor": {"BACKUP_MOUNT": ""},
        }

    def _program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def _ended(self, files: str) -> Preflight:
        own = {"PATH": f"{self.folder}:{os.environ['PATH']}", "COMPOSE_FILE": files}
        own |= {"COMPOSE_ENV_FILES": str(self.installed.settings)}
        ended = subprocess.run(  # noqa: S603 - the script under test
            ["/bin/sh", SCRIPT],
            env=os.environ | own,
            capture_output=True,
            text=True,
            check=False,
        )
        calls = (self.folder / "calls").read_text().splitlines()
        return Preflight(code=ended.returncode, said=ended.stdout, calls=tuple(calls))


@pytest.fixture
def place(tmp_path: Path, installed: Installation) -> Place:
    return Place(folder=tmp_path, installed=installed)


def test_before_the_first_start_nothing_wrong_is_found(place: Place) -> None:
    found = place.preflight()

    assert found.code == 0
    assert "✗" not in found.said
    assert "! Kafka does not run yet" in found.said


def test_every_job_is_only_asked_and_nothing_else_is_called(place: Place) -> None:
    found = place.preflight(running="kafka")

    assert found.asked == [
        "address",
        *(f"{service}-migrate migrate --check" for service in SERVICES),
        "provision --check",
    ]
    reads = ("info", "version", "config", "ps", "inspect", "ls", "run")
    assert [each for each in found.calls if not set(reads) & set(each.split())] == []


def test_what_a_job_refuses_is_marked_and_the_others_are_asked_all_the_same(place: Place) -> None:
    refuses = 'case "$*" in *matching-migrate*) echo Setting MATCHING_X is missing; exit 2 ;; esac'

    found = place.preflight(run=refuses)

    assert found.code == 1
    assert "\nmatching\n✗ Setting MATCHING_X is missing\nnotifications\n" in found.said
    assert "surveys-migrate migrate --check" in found.asked


def test_a_taken_port_is_named_with_its_setting(place: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]

        found = place.preflight(port=number)

    assert found.code == 1
    assert f"\n✗ GATEWAY_PORT={number} is taken at 127.0.0.1: " in found.said


def test_what_was_not_built_is_named_and_nothing_is_asked_of_it(place: Place) -> None:
    found = place.preflight(image='case "$*" in *caddy*) ;; *) exit 1 ;; esac')

    assert found.code == 1
    assert (
        "✗ kooperationsboerse-listings was not built. Run: docker compose -f deploy/compose.yaml"
        " build\n"
    ) in found.said
    assert "! postgres:17 is not here yet: `up` fetches it." in found.said
    assert found.asked == []


def test_an_image_that_cannot_be_asked_is_to_be_built(place: Place) -> None:
    found = place.preflight(run="echo 'No such option: --check' >&2; exit 2")

    assert found.code == 1
    assert "✗ The image of surveys-migrate is of an older release" in found.said


def test_a_missing_secret_is_named_and_no_container_is_made_with_it(place: Place) -> None:
    absent = Installation(place.folder / "nowhere")
    place = Place(folder=place.folder, installed=absent)

    found = place.preflight()

    assert found.code == 1
    assert f"✗ {absent.secrets}/listings_form_key is missing: put it back from" in found.said
    assert found.asked == []


def test_a_port_that_compose_refuses_is_named_with_its_setting(
    tmp_path: Path, installed: Installation
) -> None:
    wrong = Installation(tmp_path)
    wrong.settings.write_text(f"{installed.settings.read_text()}\nGATEWAY_PORT=80a\n")

    found = Place(folder=tmp_path, installed=wrong).preflight(config="exit 1")

    assert found.code == 1
    assert "✗ GATEWAY_PORT=80a is no whole number from 1 to 65535" in found.said


def test_what_compose_says_of_a_missing_setting_is_passed_on(place: Place) -> None:
    found = place.preflight(config="echo required variable X is missing a value >&2; exit 1")

    assert found.code == 1
    assert found.said == "settings\n✗ required variable X is missing a value\n"


def test_without_an_engine_it_cannot_be_asked(place: Place) -> None:
    found = place.preflight(info="echo permission denied >&2; exit 1")

    assert found.code == 2
    assert found.said.startswith("permission denied\nDocker does not answer.")


def test_a_clock_that_nobody_keeps_is_a_finding(place: Place) -> None:
    found = place.preflight(clock="echo no")

    assert found.code == 1
    assert "clock\n✗ No time server keeps this machine's clock." in found.said


def test_the_files_that_an_installation_names_are_used_and_no_other(place: Place) -> None:
    found = place.preflight(files="/srv/compose.yaml:/srv/more.yaml", image="exit 1")

    assert "Run: docker compose build\n" in found.said
    assert "compose config --format json" in found.calls


class TestProject:
    def test_it_joins_the_networks_that_are_there_and_makes_none(self, place: Place) -> None:
        told = project(place.configured(80), {"exchange_default"}, name="aside")

        assert told["networks"] == {"default": {"name": "exchange_default", "external": True}}
        assert told["services"]["address"]["networks"] == ["default"]

    def test_where_they_are_not_there_yet_it_takes_the_engines(self, place: Place) -> None:
        told = project(place.configured(80), {"bridge"}, name="aside")

        assert told["networks"] == {}
        assert told["services"]["address"]["network_mode"] == "bridge"
        assert "networks" not in told["services"]["address"]

    def test_it_has_the_jobs_alone_and_neither_volume_nor_folder_to_make(
        self, place: Place
    ) -> None:
        config = place.configured(80)
        config["services"]["provision"]["volumes"] = [
            {"type": "volume", "source": "kept", "target": "/kept"},
            {"type": "bind", "source": "/topics.json", "target": "/topics.json"},
        ]

        told = project(config, set(), name="aside")

        [mount] = told["services"]["provision"]["volumes"]
        assert sorted(told["services"]) == sorted(JOBS)
        assert "volumes" not in told
        assert mount["source"] == "/topics.json"
        assert mount["bind"] == {"create_host_path": False}
