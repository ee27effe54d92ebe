"""A mounted file that changed while the container that reads it ran on is said by `make doctor`."""

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from composed_files import DEPLOY, containers
from doctored import asked
from installation import Installation
from mounted import MOUNTED
from started import Container
from unread_files import AT_THE_START, findings

ROOT = DEPLOY.parent
COMPOSE = "docker compose -f deploy/compose.yaml"
BEFORE, START, AFTER = 1_800_000_000, "2027-01-15T08:00:01.123456789Z", 1_800_000_002


def mounted() -> Iterator[tuple[str, Path]]:
    """Every file or folder of the checkout with each container that runs on with it."""
    for service, container in containers().items():
        if container["restart"] == "unless-stopped":
            for volume in container.get("volumes", ()):
                if volume.startswith("."):
                    yield service, Path(os.path.normpath(f"deploy/{volume.split(':')[0]}"))


ALONE = [(service, path) for service, path in mounted() if (ROOT / path).is_file()]
FOLDERS = [path for _, path in mounted() if (ROOT / path).is_dir()]
IN_A_FOLDER = [
    ("postgres", "deploy/backup", "start.sh"),
    ("grafana", "deploy/monitoring/grafana", "datasources/prometheus.yml"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As it was before the containers were started."""
    for name in MOUNTED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, tmp_path / name)
    for path in tmp_path.rglob("*"):
        os.utime(path, (BEFORE, BEFORE))
    return tmp_path


def change(file: Path) -> None:
    os.utime(file, (AFTER, AFTER))


def inspected(service: str, source: Path, inside: str = "/x", *, runs: bool = True) -> Any:
    """As `docker inspect` tells of it."""
    return {
        "Config": {"Labels": {"com.docker.compose.service": service}},
        "State": {"Running": runs, "StartedAt": START},
        "Mounts": [{"Source": str(source), "Destination": inside}],
    }


def said_of(checkout: Path, *told: Any) -> list[str]:
    known = [Container.read(each) for each in told]
    return list(findings(known, compose=COMPOSE, checkout=checkout))


@pytest.mark.parametrize(("service", "path"), ALONE, ids=str)
def test_a_file_that_is_mounted_alone_is_said_of_who_has_it(
    checkout: Path, service: str, path: Path
) -> None:
    told = inspected(service, checkout / path)
    before = said_of(checkout, told)

    change(checkout / path)

    assert before == []
    [said] = said_of(checkout, told)
    assert said.startswith(f"{path} changed after {service} was started")
    assert said.endswith(f"Run: {COMPOSE} up --detach --force-recreate --wait {service}")


@pytest.mark.parametrize(("service", "folder", "name"), IN_A_FOLDER)
def test_of_a_folder_what_is_read_at_the_start_is_said(
    checkout: Path, service: str, folder: str, name: str
) -> None:
    told = inspected(service, checkout / folder)
    before = said_of(checkout, told)

    change(checkout / folder / name)

    [said] = said_of(checkout, told)
    assert before == []
    assert said.startswith(f"{folder}/{name} changed after {service} was started")


def test_what_is_read_each_time_is_not_said(checkout: Path) -> None:
    change(checkout / "deploy/backup/archive.sh")
    change(checkout / "deploy/monitoring/dashboards/mails.json")

    assert said_of(checkout, *(inspected("x", checkout / path) for path in FOLDERS)) == []


def test_of_every_folder_it_is_known_what_is_read_at_the_start() -> None:
    began = (DEPLOY / "backup" / "start.sh").read_text()

    assert {str(path) for path in FOLDERS} == set(AT_THE_START)
    assert {"start.sh", *re.findall(r"^sh /backup/(\S+)", began, re.MULTILINE)} == set(
        AT_THE_START["deploy/backup"]
    )
    for folder, patterns in AT_THE_START.items():
        assert all(list((ROOT / folder).glob(pattern)) for pattern in patterns), folder


def test_who_reads_it_at_the_next_start_and_what_is_not_ours_is_not_said(checkout: Path) -> None:
    ours = checkout / "deploy" / "kafka" / "log4j2.yaml"
    change(ours)
    told = [
        inspected("kafka", ours, runs=False),
        inspected("kafka", ours, "/run/secrets/kafka_keystore.pem"),
        inspected("kafka", ROOT / "deploy" / "kafka" / "log4j2.yaml"),
        inspected("kafka", checkout / "deploy" / "gone"),
    ]

    assert said_of(checkout, *told) == []


def test_a_file_that_was_opened_to_the_containers_is_the_same_file(checkout: Path) -> None:
    ours = checkout / "deploy" / "kafka" / "log4j2.yaml"
    told = inspected("kafka", ours)

    ours.chmod(0o600)
    ours.chmod(0o644)

    assert said_of(checkout, told) == []


def test_it_is_a_finding_of_make_doctor(tmp_path: Path) -> None:
    made = Installation(tmp_path)
    made.make()
    old = inspected("kafka", DEPLOY / "kafka" / "log4j2.yaml")
    old["State"]["StartedAt"] = "2020-01-01T00:00:00Z"

    code, said = asked(tmp_path, made.settings, inspected=json.dumps([old]))

    assert code == 1
    assert "mounted files\n✗ deploy/kafka/log4j2.yaml changed after kafka was started" in said
    assert f"Run: {COMPOSE} up --detach --force-recreate --wait kafka\n" in said
