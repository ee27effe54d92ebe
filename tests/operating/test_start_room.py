"""Room for a start is asked before it, on the engine's disk and on each that has its own."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "doctor"))

from start_room import told

MORE_THAN_ANY = "999999999"


def configured(
    least: str,
    *,
    backups: str = "backups",
    databases: str = "postgres",
    topics: str = "kafka",
    volumes: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    data = mounted(databases, "/var/lib/postgresql/data")
    return {
        "services": {
            "provision": {"environment": {"DISK_START_MEBIBYTES": least}},
            "postgres": {"volumes": [data, mounted(backups, "/backups")]},
            "kafka-2": {"volumes": [mounted(topics, "/var/lib/kafka/data")]},
        },
        "volumes": {"postgres": {"name": "exchange_postgres"}, **volumes},
    }


def mounted(source: str, target: str) -> dict[str, str]:
    kind = "bind" if source.startswith("/") else "volume"
    return {"type": kind, "source": source, "target": target}


def test_a_disk_with_room_is_told_as_good(tmp_path: Path) -> None:
    [said] = told(configured("0"), tmp_path)

    assert said.startswith(f"✓ The disk of the engine ({tmp_path}) has ")


def test_one_without_is_told_with_the_setting_and_the_remedy(tmp_path: Path) -> None:
    [said] = told(configured(MORE_THAN_ANY), tmp_path)

    assert said.startswith("✗ The disk of the engine")
    assert said.endswith(
        "MiB free, less than DISK_START_MEBIBYTES=999999999. Make room: docs/operating.md, Disk."
    )


def test_a_folder_of_backups_that_is_yet_to_be_made_is_judged_by_where_it_will_be(
    tmp_path: Path,
) -> None:
    _, said = told(configured(MORE_THAN_ANY, backups=f"{tmp_path}/new/one"), tmp_path)

    assert said.startswith(f"✗ The disk of BACKUP_DIR ({tmp_path}) has ")
    assert "Give BACKUP_DIR a larger disk" in said


def test_databases_with_a_disk_of_their_own_are_asked_for_room_there(tmp_path: Path) -> None:
    _, said = told(configured(MORE_THAN_ANY, databases=f"{tmp_path}/data"), tmp_path)

    assert said.startswith(f"✗ The disk of the databases ({tmp_path}) has ")
    assert said.endswith("=999999999. Make room: docs/operating.md, Disk.")


def test_a_volume_that_lies_in_a_folder_is_looked_for_there(tmp_path: Path) -> None:
    placed = {"driver_opts": {"type": "none", "o": "bind", "device": str(tmp_path)}}

    _, said = told(configured("0", volumes={"postgres": placed}), Path("/"))

    assert said.startswith(f"✓ The disk of the databases ({tmp_path}) has ")


def test_what_only_the_engine_can_mount_is_not_judged(tmp_path: Path) -> None:
    shared = {"driver_opts": {"type": "nfs", "o": "addr=10.0.0.2,rw", "device": ":/export"}}

    [said] = told(configured("0", volumes={"postgres": shared}), tmp_path)

    assert said.startswith("✓ The disk of the engine ")


def test_each_broker_with_a_disk_of_its_own_is_asked_for_room_there(tmp_path: Path) -> None:
    _, said = told(configured("0", topics=str(tmp_path)), tmp_path)

    assert said.startswith(f"✓ The disk of the topics of kafka-2 ({tmp_path}) has ")


def test_a_folder_that_only_its_owner_may_enter_is_not_judged(tmp_path: Path) -> None:
    """For the administrator nothing is closed, so a name that is too long stands for it."""
    closed = f"/{'x' * 300}/backups"

    _, said = told(configured("0", backups=closed), tmp_path)

    assert said == f"! The disk of BACKUP_DIR ({closed}) cannot be looked at from here."


def test_an_engine_of_another_machine_is_not_judged() -> None:
    [said] = told(configured(MORE_THAN_ANY), Path("/nowhere/docker"))

    assert said == "! The disk of the engine (/nowhere/docker) cannot be looked at from here."


@pytest.mark.parametrize("least", ["", "abc", "-1", "1.5"])
def test_a_setting_that_is_no_number_is_named(tmp_path: Path, least: str) -> None:
    [said] = told(configured(least), tmp_path)

    assert said == (
        f"✗ DISK_START_MEBIBYTES={least} is no whole number of MiB: set one in deploy/.env."
    )
