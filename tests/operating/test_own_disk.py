"""A disk of the backups' own has to be mounted, and seen by the server, where a setting says so."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from composing import configured
from doctored import asked
from installation import Installation
from machine import backed_up
from own_disk import absent

MOUNTED = "/proc"
Doctor = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made.settings


@pytest.fixture
def doctor(tmp_path: Path, settings: Path) -> Doctor:
    return partial(asked, tmp_path, settings)


def seen_on(device: int) -> str:
    """What the server's container tells of room, with the backups on this device."""
    return (
        f'case "$*" in *" backups "*) echo "backups {device} disk 1000 50 900 6% /backups" ;; esac'
    )


@pytest.mark.parametrize(
    ("mount", "folder"),
    [("", ""), ("", "/mnt/backups"), (MOUNTED, MOUNTED), (MOUNTED, f"{MOUNTED}/exchange")],
)
def test_what_is_mounted_or_not_demanded_is_right(mount: str, folder: str) -> None:
    assert absent(backed_up(mount, folder=folder)) is None


@pytest.mark.parametrize("folder", ["", "exchange"])
def test_what_is_not_mounted_is_said(tmp_path: Path, folder: str) -> None:
    said = absent(backed_up(str(tmp_path), folder=str(tmp_path / folder)))

    assert said
    assert said.startswith(f"No disk is mounted at BACKUP_MOUNT={tmp_path}")


@pytest.mark.parametrize("folder", ["backups", "/srv/backups", "/process"])
def test_a_folder_elsewhere_than_on_the_disk_is_said(folder: str) -> None:
    said = absent(backed_up(MOUNTED, folder=folder))

    assert said
    assert said.startswith("BACKUP_DIR is no folder of the disk at BACKUP_MOUNT=/proc")


def test_a_disk_that_is_not_mounted_is_a_finding_of_make_doctor(
    doctor: Doctor, tmp_path: Path
) -> None:
    code, said = doctor(backups=str(tmp_path))

    assert code == 1
    assert f"✗ No disk is mounted at BACKUP_MOUNT={tmp_path}" in said
    assert "Then: docker compose -f deploy/compose.yaml up --detach --force-recreate" in said


def test_a_server_that_was_started_before_the_disk_was_mounted_is_a_finding(
    doctor: Doctor,
) -> None:
    there = Path(MOUNTED).stat().st_dev

    code, said = doctor(backups=MOUNTED, room=seen_on(there + 1))

    assert code == 1
    assert f"✗ The server was started before the disk at {MOUNTED} was mounted. Run: " in said
    assert doctor(backups=MOUNTED, room=seen_on(there))[0] == 0


def test_a_disk_without_the_servers_folder_is_another_than_the_servers(
    doctor: Doctor,
) -> None:
    there = Path(MOUNTED).stat().st_dev

    code, said = doctor(backups=MOUNTED, folder_of_backups=f"{MOUNTED}/gone", room=seen_on(there))

    assert code == 1
    assert f"✗ The server was started before the disk at {MOUNTED} was mounted." in said


@pytest.mark.docker
@pytest.mark.parametrize(
    ("own", "mount", "said"),
    [
        ({}, "", None),
        ({"BACKUP_DIR": MOUNTED, "BACKUP_MOUNT": MOUNTED}, MOUNTED, None),
        ({"BACKUP_MOUNT": MOUNTED}, MOUNTED, "BACKUP_DIR is no folder of the disk"),
    ],
)
def test_it_is_read_of_what_compose_makes_of_its_files(
    own: dict[str, str], mount: str, said: str | None
) -> None:
    config = configured(settings=own)

    assert config["x-doctor"]["BACKUP_MOUNT"] == mount
    assert (absent(config) or "").startswith(said or "")
    assert (absent(config) is None) == (said is None)
