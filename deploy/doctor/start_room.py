"""Whether a start has room: DISK_START_MEBIBYTES on the engine's disk and on each that has its own.

The jobs of a start ask the same of the engine's, but only once everything that ran was put away.
"""

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

BROKER = re.compile(r"kafka(-[0-9]+)?")
DATABASES, TOPICS, BACKUPS = "/var/lib/postgresql/data", "/var/lib/kafka/data", "/backups"
NAME = "DISK_START_MEBIBYTES"
MAKE_ROOM = "Make room: docs/operating.md, Disk."
LARGER = "Give BACKUP_DIR a larger disk, or make room: docs/operating.md, Disk."
Config = Mapping[str, Any]
"""What `docker compose config --format json` prints."""


def told(config: Config, engine: Path) -> Iterator[str]:
    """A line a disk, with `✗` before what is too full."""
    least = str(config["services"]["provision"]["environment"][NAME])
    if not (least.isascii() and least.isdigit()):
        yield f"✗ {NAME}={least} is no whole number of MiB: set one in deploy/.env."
        return
    yield _line("the engine", engine, int(least), remedy=MAKE_ROOM)
    for service, target, what in _kept(config):
        if folder := _folder(config, service, target):
            remedy = LARGER if target == BACKUPS else MAKE_ROOM
            yield _line(what, _there(folder), int(least), remedy=remedy)


def _line(what: str, folder: Path, least: int, *, remedy: str) -> str:
    try:
        free = shutil.disk_usage(folder).free // 2**20
    except OSError:
        return f"! The disk of {what} ({folder}) cannot be looked at from here."
    room = f"The disk of {what} ({folder}) has {free} MiB free"
    return f"✓ {room}." if free >= least else f"✗ {room}, less than {NAME}={least}. {remedy}"


def _there(folder: Path) -> Path:
    """Where it would be made: the engine makes a folder that is not there."""
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return _there(folder.parent)
    except OSError:
        return folder
    return folder


def _kept(config: Config) -> Iterator[tuple[str, str, str]]:
    """What lies on a disk: whose, where in its container, and in words."""
    for broker in sorted(filter(BROKER.fullmatch, config["services"])):
        yield broker, TOPICS, "the topics" if broker == "kafka" else f"the topics of {broker}"
    yield "postgres", DATABASES, "the databases"
    yield "postgres", BACKUPS, "BACKUP_DIR"


def _folder(config: Config, service: str, target: str) -> Path | None:
    """None where it lies on the engine's disk, or on one that only the engine can mount."""
    mounts = config["services"][service].get("volumes", ())
    for mount in mounts:
        if mount["target"] == target:
            return Path(mount["source"]) if mount["type"] == "bind" else _placed(config, mount)
    return None


def _placed(config: Config, mount: Mapping[str, Any]) -> Path | None:
    """The folder that a volume was given by its options."""
    volume = config.get("volumes", {}).get(mount.get("source")) or {}
    options = volume.get("driver_opts") or {}
    is_folder = "bind" in options.get("o", "").split(",")
    return Path(options["device"]) if is_folder and options.get("device") else None


def main(arguments: Sequence[str]) -> int:
    """With the file of the configuration and the engine's folder."""
    file, engine = map(Path, arguments)
    lines = list(told(json.loads(file.read_text(encoding="utf-8")), engine))
    print("\n".join(lines))
    return int(any(line.startswith("✗") for line in lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
