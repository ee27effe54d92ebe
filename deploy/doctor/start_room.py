"""Whether a start has room: on the engine's disk and on that of the backups, DISK_START_MEBIBYTES.

The jobs of a start ask the same, but only once everything that ran was put away.
"""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

BACKUPS = "/backups"
NAME = "DISK_START_MEBIBYTES"
MAKE_ROOM = "Make room: docs/operating.md, Disk."
LARGER = "Give BACKUP_DIR a larger disk, or make room: docs/operating.md, Disk."


def told(config: Mapping[str, Any], engine: Path) -> Iterator[str]:
    """A line a disk, with `✗` before what is too full."""
    least = str(config["services"]["provision"]["environment"][NAME])
    if not (least.isascii() and least.isdigit()):
        yield f"✗ {NAME}={least} is no whole number of MiB: set one in deploy/.env."
        return
    yield _line("the engine", engine, int(least), remedy=MAKE_ROOM)
    if folder := _folder_of_backups(config):
        yield _line("BACKUP_DIR", _there(folder), int(least), remedy=LARGER)


def _line(what: str, folder: Path, least: int, *, remedy: str) -> str:
    try:
        free = shutil.disk_usage(folder).free // 2**20
    except OSError:
        return f"! The disk of {what} ({folder}) cannot be looked at from here."
    room = f"The disk of {what} ({folder}) has {free} MiB free"
    return f"✓ {room}." if free >= least else f"✗ {room}, less than {NAME}={least}. {remedy}"


def _there(folder: Path) -> Path:
    """Where it would be made: the engine makes a folder that is not there."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def _folder_of_backups(config: Mapping[str, Any]) -> Path | None:
    """None where they are in a volume, on the engine's disk."""
    volumes = config["services"]["postgres"]["volumes"]
    [kept] = [each for each in volumes if each["target"] == BACKUPS]
    return Path(kept["source"]) if kept["type"] == "bind" else None


def main(arguments: Sequence[str]) -> int:
    """With the file of the configuration and the engine's folder."""
    file, engine = map(Path, arguments)
    lines = list(told(json.loads(file.read_text(encoding="utf-8")), engine))
    print("\n".join(lines))
    return int(any(line.startswith("✗") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
