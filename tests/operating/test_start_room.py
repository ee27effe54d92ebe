"""Room for a start is asked before it, on the engine's disk and on that of the backups."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "doctor"))

from start_room import told

MORE_THAN_ANY = "999999999"


def configured(least: str, *, backups: str = "backups") -> dict[str, Any]:
    kind = "bind" if backups.startswith("/") else "volume"
    kept = {"type": kind, "source": backups, "target": "/backups"}
    return {
        "services": {
            "provision": {"environment": {"DISK_START_MEBIBYTES": least}},
            "postgres": {"volumes": [kept]},
        }
    }


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


def test_an_engine_of_another_machine_is_not_judged() -> None:
    [said] = told(configured(MORE_THAN_ANY), Path("/nowhere/docker"))

    assert said == "! The disk of the engine (/nowhere/docker) cannot be looked at from here."


@pytest.mark.parametrize("least", ["", "abc", "-1", "1.5"])
def test_a_setting_that_is_no_number_is_named(tmp_path: Path, least: str) -> None:
    [said] = told(configured(least), tmp_path)

    assert said == (
        f"✗ DISK_START_MEBIBYTES={least} is no whole number of MiB: set one in deploy/.env."
    )
