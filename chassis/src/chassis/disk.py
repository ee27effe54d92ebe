"""How much of the disk is free that this process lives on: as a figure, and as a finding."""

import shutil
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge

from chassis.finding import Finding

DISK = Path("/")
"""In a container the disk of the engine, and so of the volumes that lie beside it."""

ROOM = "DISK_START_MEBIBYTES"


def free_ratio() -> float:
    usage = shutil.disk_usage(DISK)
    return usage.free / usage.total


class DiskMetrics:
    """Both figures, so that an alarm follows the setting; the disk is asked when somebody reads."""

    def __init__(self, registry: CollectorRegistry, *, least_percent: int) -> None:
        free = Gauge("disk_free_ratio", "Free part of the disk", registry=registry)
        free.set_function(free_ratio)
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


def disk_findings(least_percent: int, free: float) -> list[Finding]:
    """A full disk stops everything, so it is told before."""
    if free * 100 >= least_percent:
        return []
    return [
        Finding(
            check="disk",
            wrong=f"Only {free:.0%} of the disk is free.",
            remedy="Make room, or give the machine a larger disk; what takes it, says: df -h /",
        )
    ]
