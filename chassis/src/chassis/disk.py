"""How much is free of the disks that this process writes to: as a figure, and as a finding."""

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from chassis.finding import Finding

DISK = Path("/")
"""In a container the disk of the engine, and so of the volumes that lie beside it."""

ROOM = "DISK_START_MEBIBYTES"
GONE = 0.0


def disks(folders: str) -> tuple[Path, ...]:
    """The system's, and of each of these folders the one on which it lies."""
    return (DISK, *map(Path, folders.split()))


def free_ratio(folder: Path = DISK) -> float:
    """Nothing where the folder is gone: what would be written there is lost as well."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return GONE
    return usage.free / usage.total


class DiskMetrics:
    """Both figures, so that an alarm follows the setting; the disk is asked when somebody reads."""

    def __init__(
        self, registry: CollectorRegistry, *, least_percent: int, folders: Sequence[Path]
    ) -> None:
        free = Gauge("disk_free_ratio", "Free part of the disk", ["folder"], registry=registry)
        for folder in folders:
            free.labels(str(folder)).set_function(partial(free_ratio, folder))
        least = Gauge("disk_least_free_ratio", "From when on it is too little", registry=registry)
        least.set(least_percent / 100)


def free_mebibytes() -> int:
    return shutil.disk_usage(DISK).free // 2**20


def room_findings(least_mebibytes: int) -> list[Finding]:
    """A disk so full that what is begun may not be ended."""
    free = free_mebibytes()
    if free >= least_mebibytes:
        return []
    return [
        Finding(
            check="disk_full",
            wrong=f"Only {free} MiB of the disk are free, less than {ROOM}={least_mebibytes}.",
            remedy="Make room; what takes it, says: df -h /",
        )
    ]


def disk_findings(least_percent: int, free: Mapping[Path, float]) -> list[Finding]:
    """A full disk stops everything, so it is told before."""
    return [
        Finding(
            check="disk",
            wrong=f"Only {ratio:.0%} of the disk of {folder} is free.",
            remedy=f"Make room, or give it a larger disk; what takes it, says: df -h {folder}",
        )
        for folder, ratio in free.items()
        if ratio * 100 < least_percent
    ]
