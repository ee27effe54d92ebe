"""How much room is left where data and backups lie, of `df` and `stat` in their containers.

Reads a line a folder, as `room.sh` writes it. Less than DISK_FREE_PERCENT of free space is wrong,
less than DISK_WARN_PERCENT is said; so is a backup on the disk that it is to outlive.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

BACKUPS = "backups"
DATABASES = "databases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    holds: str
    device: str
    total_kib: int
    free_kib: int

    @classmethod
    def read(cls, line: str) -> Self:
        """`NAME DEVICE`, then `FILESYSTEM TOTAL USED FREE …` in KiB; `_` parts a name's words."""
        holds, device, _, total, _, free, *_ = line.split()
        return cls(
            holds=holds.replace("_", " "), device=device, total_kib=int(total), free_kib=int(free)
        )

    @property
    def free_percent(self) -> float:
        return 100 * self.free_kib / self.total_kib

    def __str__(self) -> str:
        room = f"{self.free_kib / 2**20:.1f} GiB ({self.free_percent:.0f} %)"
        return f"The disk of the {self.holds} has {room} free"


def told(disks: Iterable[Disk], *, warn: int, least: int) -> Iterator[str]:
    """A line a disk, with `✗` before what is wrong and `!` before what is worth knowing."""
    by_name = {disk.holds: disk for disk in disks}
    for disk in by_name.values():
        if disk.free_percent < least:
            yield f"✗ {disk}, less than DISK_FREE_PERCENT={least}. {_remedy(disk)}"
        elif disk.free_percent < warn:
            yield f"! {disk}, less than DISK_WARN_PERCENT={warn}. {_remedy(disk)}"
        else:
            yield f"✓ {disk}."
    if {BACKUPS, DATABASES} <= set(by_name):
        yield from _shared(by_name[BACKUPS], by_name[DATABASES])


def _remedy(disk: Disk) -> str:
    if disk.holds == BACKUPS:
        return (
            "Give BACKUP_DIR a larger disk, or set BACKUP_KEEP to a smaller number:"
            " docs/operating.md, Disk."
        )
    return "Make room: docs/operating.md, Disk."


def _shared(backups: Disk, databases: Disk) -> Iterator[str]:
    if backups.device == databases.device:
        yield (
            "! The backups lie on the disk of the databases, and are lost with it."
            " Set BACKUP_DIR to a folder on another disk."
        )


def main(arguments: Sequence[str]) -> int:
    """With the settings that `docker compose config --format json` prints, as a file."""
    settings = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))["x-doctor"]
    try:
        warn, least = int(settings["DISK_WARN_PERCENT"]), int(settings["DISK_FREE_PERCENT"])
    except ValueError as error:
        print(f"✗ DISK_WARN_PERCENT and DISK_FREE_PERCENT must be whole numbers: {error}.")
        return 1
    said = list(told(map(Disk.read, sys.stdin), warn=warn, least=least))
    for line in said:
        print(line)
    return int(any(line.startswith("✗") for line in said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
