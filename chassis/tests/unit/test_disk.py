"""A disk that fills up is told by doctor and by a figure, both by the same setting."""

import shutil
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from chassis.disk import GONE, DiskMetrics, disk_findings, disks, free_ratio

MEMORY = Path("/dev/shm")  # noqa: S108 - nothing is written
"""A disk of its own wherever these tests run."""


@pytest.mark.parametrize(
    ("least_percent", "free", "found"), [(10, 0.09, 1), (10, 0.1, 0), (30, 0.29, 1), (0, 0.0, 0)]
)
def test_less_than_the_setting_is_a_finding(least_percent: int, free: float, found: int) -> None:
    assert len(disk_findings(least_percent, {Path("/"): free})) == found


def test_the_system_and_every_folder_that_is_named_are_looked_at() -> None:
    assert disks("") == (Path("/"),)
    assert disks(f"{MEMORY} /var/lib/data") == (Path("/"), MEMORY, Path("/var/lib/data"))


def test_a_full_disk_is_named_by_its_folder_though_the_systems_has_room() -> None:
    [found] = disk_findings(10, {Path("/"): 0.5, MEMORY: 0.04})

    assert found.wrong == "Only 4% of the disk of /dev/shm is free."
    assert found.remedy.endswith("df -h /dev/shm")


def test_the_figures_are_those_of_each_disk_and_of_the_setting() -> None:
    registry = CollectorRegistry()

    DiskMetrics(registry, least_percent=15, folders=disks(str(MEMORY)))

    for folder in (Path("/"), MEMORY):
        told = registry.get_sample_value("disk_free_ratio", {"folder": str(folder)})
        usage = shutil.disk_usage(folder)
        assert told == pytest.approx(usage.free / usage.total, abs=0.05)
    assert registry.get_sample_value("disk_least_free_ratio") == 0.15


def test_a_folder_that_is_gone_has_no_room(tmp_path: Path) -> None:
    assert free_ratio(tmp_path / "unmounted") == GONE
    assert disk_findings(10, {tmp_path / "unmounted": GONE})
