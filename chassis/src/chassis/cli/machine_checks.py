"""What ``doctor`` asks the machine; a full disk stops everything, so it is told before."""

import shutil
from pathlib import Path

from chassis.finding import Finding

LEAST_FREE = 0.10
DISK = Path("/")


def disk(free: int | None = None, total: int | None = None) -> list[Finding]:
    """The disk this process lives on, unless its figures are given."""
    if free is None or total is None:
        usage = shutil.disk_usage(DISK)
        free, total = usage.free, usage.total
    if free >= total * LEAST_FREE:
        return []
    return [
        Finding(
            check="disk",
            wrong=f"Only {free / total:.0%} of the disk is free.",
            remedy="Make room, or give the machine a larger disk; what takes it, says: df -h /",
        )
    ]
