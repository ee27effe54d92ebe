"""A secret that changed while the container that reads it ran on is said by `make doctor`."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from composed_files import containers
from doctored import asked
from installation import Installation
from started import Container
from unread import findings

from embedded.waiting import wait_until

READ_WHEN_THE_SERVER_IS_NEW = ("postgres", "postgres_password")
"""Later the job `databases` sets it."""
LONG_AGO = 1_700_000_000
COMPOSE = "docker compose -f deploy/compose.yaml"


def read_and_kept() -> Iterator[tuple[str, str]]:
    """Every secret with everybody who goes on with what was read at the start."""
    for service, container in containers().items():
        if container["restart"] == "unless-stopped" or service == "databases":
            yield from ((service, secret) for secret in container.get("secrets", ()))


KEPT = sorted(set(read_and_kept()) - {READ_WHEN_THE_SERVER_IS_NEW})


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made


def inspected(
    installation: Installation, service: str, *secrets: str, runs: bool = True, after: int = 0
) -> dict[str, Any]:
    """As `docker inspect` tells of a container that starts now, or so many seconds later."""
    now = datetime.now(UTC)
    started = now + timedelta(seconds=after)
    wait_until(
        lambda: time_of_files(installation.folder) > now.timestamp(),
        limit_seconds=60,
        waiting_for="the clock of files, which is the coarser one",
    )
    return {
        "Config": {"Labels": {"com.docker.compose.service": service}},
        "State": {"Running": runs, "StartedAt": f"{started:%Y-%m-%dT%H:%M:%S.%f}789Z"},
        "Mounts": [
            {"Source": str(installation.secrets / name), "Destination": f"/run/secrets/{name}"}
            for name in secrets
        ],
    }


def time_of_files(folder: Path) -> float:
    (folder / "now").touch()
    return (folder / "now").stat().st_ctime


def put_back(installation: Installation, name: str) -> None:
    """From a copy that keeps its date, in the place of the file."""
    copy = installation.folder / name
    copy.write_text(installation.read(name))
    os.utime(copy, (LONG_AGO, LONG_AGO))
    copy.replace(installation.secrets / name)


def said_of(told: Sequence[dict[str, Any]]) -> list[str]:
    return list(findings([Container.read(each) for each in told], compose=COMPOSE))


@pytest.mark.parametrize(("service", "secret"), KEPT)
def test_each_is_said_of_each_who_reads_it(
    installation: Installation, service: str, secret: str
) -> None:
    before = inspected(installation, service, secret)

    put_back(installation, secret)

    [said] = said_of([before])
    assert said.startswith(f"{secret} changed after {service} was started")
    assert said.endswith(service)
    assert said_of([inspected(installation, service, secret)]) == []


def test_a_password_that_was_typed_into_its_file_is_said(installation: Installation) -> None:
    name = "notifications_smtp_password"
    before = inspected(installation, "notifications", name)

    installation.change(name, "typed")

    assert [said.partition(" ")[0] for said in said_of([before])] == [name]


@pytest.mark.parametrize(
    ("family", "order"),
    [
        ("session", ["matching", "notifications", "surveys", "listings"]),
        ("links", ["listings", "surveys", "matching", "notifications"]),
    ],
)
def test_services_are_named_in_the_order_in_which_nobody_is_signed_out(
    installation: Installation, family: str, order: list[str]
) -> None:
    told = [
        inspected(installation, service, *(name for each, name in KEPT if each == service))
        for service in sorted(order)
    ]

    installation.make("--rotate", family)

    assert [said.rpartition(" ")[2] for said in said_of(told)] == order


def test_every_broker_is_said_and_a_service_with_replicas_once(installation: Installation) -> None:
    key, keystore = "surveys_form_key", "kafka_keystore.pem"
    told = [
        *(inspected(installation, "surveys", key, after=seconds) for seconds in (0, 0, 3600)),
        inspected(installation, "kafka", keystore, after=3600),
        inspected(installation, "kafka-2", keystore),
    ]

    put_back(installation, key)
    put_back(installation, keystore)

    assert [said.rpartition(" ")[2] for said in said_of(told)] == ["surveys", "kafka-2"]


def test_what_reads_it_anew_at_its_next_start_is_not_said(installation: Installation) -> None:
    told = [
        inspected(installation, "listings-migrate", "listings_form_key", runs=False),
        inspected(installation, "address", "kafka_keystore.pem", runs=False),
        inspected(installation, "listings", "listings_form_key", runs=False),
        inspected(installation, *READ_WHEN_THE_SERVER_IS_NEW),
    ]

    for name in ("listings_form_key", "kafka_keystore.pem", "postgres_password"):
        put_back(installation, name)

    assert said_of(told) == []


def test_the_job_that_sets_passwords_is_said_after_its_end(installation: Installation) -> None:
    before = inspected(installation, "databases", "postgres_password", runs=False)

    installation.make("--rotate", "postgres_password")

    [said] = said_of([before])
    assert said.endswith(f"Run: {COMPOSE} up --detach --force-recreate databases")


@pytest.mark.parametrize("files", ["", "/srv/compose.yaml:/srv/compose.cluster.yaml"])
def test_it_is_a_finding_of_make_doctor(installation: Installation, files: str) -> None:
    told = json.dumps([inspected(installation, "kafka", "kafka_keystore.pem")])
    installation.make("--rotate", "certificate")

    code, said = asked(installation.folder, installation.settings, inspected=told, files=files)

    called = "docker compose" if files else COMPOSE
    assert code == 1
    assert "✗ kafka_keystore.pem changed after kafka was started" in said
    assert f"Run: {called} up --detach --force-recreate --wait kafka\n" in said


def test_of_a_job_that_never_ran_nothing_is_said(installation: Installation) -> None:
    """As an `up` leaves it whose database server did not come."""
    made = inspected(installation, "databases", "postgres_password", runs=False)
    made["State"]["StartedAt"] = "0001-01-01T00:00:00Z"

    assert said_of([made]) == []
