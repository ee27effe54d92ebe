"""Room on disks is judged by two settings; a backup beside what it is to outlive is told."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "doctor"))

from disks import Disk, told

DOCTOR = Path(__file__).parents[2] / "deploy" / "doctor"
GIB = 2**20


def a_disk(holds: str, *, free: int, device: str = "7") -> Disk:
    return Disk(holds=holds, device=device, total_kib=100 * GIB, free_kib=free * GIB)


@pytest.mark.parametrize(("free", "mark"), [(50, "✓"), (20, "✓"), (19, "!"), (10, "!"), (9, "✗")])
def test_each_disk_is_judged(free: int, mark: str) -> None:
    [said] = told([a_disk("topics", free=free)], warn=20, least=10)

    assert said.startswith(f"{mark} The disk of the topics has {free}.0 GiB ({free} %) free")


def test_the_remedy_for_backups_is_their_folder_or_their_number() -> None:
    [said] = told([a_disk("backups", free=1)], warn=20, least=10)

    assert "BACKUP_DIR" in said
    assert "BACKUP_KEEP" in said


@pytest.mark.parametrize(("device", "lines"), [("7", 3), ("8", 2)])
def test_backups_on_the_databases_disk_are_told(device: str, lines: int) -> None:
    disks = [a_disk("databases", free=50), a_disk("backups", free=50, device=device)]

    assert len(list(told(disks, warn=20, least=10))) == lines


def test_a_line_is_read_as_the_script_writes_it(tmp_path: Path) -> None:
    written = subprocess.run(  # noqa: S603 - the script under test
        ["/bin/sh", DOCTOR / "room.sh", "topics", tmp_path, "backups", tmp_path],
        capture_output=True,
        text=True,
        check=True,
    )

    topics, backups = map(Disk.read, written.stdout.splitlines())
    assert (topics.holds, backups.holds) == ("topics", "backups")
    assert topics.device == str(tmp_path.stat().st_dev)
    assert 0 <= topics.free_percent <= 100


def test_a_setting_that_is_no_number_is_named(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(
        json.dumps({"x-doctor": {"DISK_WARN_PERCENT": "20", "DISK_FREE_PERCENT": "ten"}})
    )

    refused = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, DOCTOR / "disks.py", config],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert refused.stdout.startswith("✗ DISK_WARN_PERCENT and DISK_FREE_PERCENT must be whole")
