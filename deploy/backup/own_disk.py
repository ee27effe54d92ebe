"""Whether the disk of the backups is there, where BACKUP_MOUNT says that they have their own.

A folder to which no disk was mounted takes backups as well: on the disk that they are to outlive.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BACKUPS = "/backups"
Config = Mapping[str, Any]
"""What `docker compose config --format json` prints."""


def absent(config: Config) -> str | None:
    """A sentence about what keeps backups from their disk; none where none is demanded."""
    mount = mount_of(config)
    if not mount:
        return None
    if not _folder(config).is_relative_to(mount):
        return (
            f"BACKUP_DIR is no folder of the disk at BACKUP_MOUNT={mount}: set it to that one or to"
            " one below, or leave BACKUP_MOUNT empty."
        )
    if not os.path.ismount(os.path.realpath(mount)):
        return (
            f"No disk is mounted at BACKUP_MOUNT={mount}, and backups would lie on the disk below:"
            " mount it first."
        )
    return None


def mount_of(config: Config) -> str:
    return str(config["x-doctor"]["BACKUP_MOUNT"])


def _folder(config: Config) -> Path:
    """Of a volume its name, which lies nowhere."""
    volumes = config["services"]["postgres"]["volumes"]
    [source] = [each["source"] for each in volumes if each["target"] == BACKUPS]
    return Path(source)


def _kept_elsewhere(config: Config, rooms: str) -> bool:
    """Whether the server has another disk than this machine, by the lines of `room.sh`."""
    seen = {line.split()[1] for line in rooms.splitlines() if line.startswith("backups ")}
    folder = _folder(config)
    there = {str(folder.stat().st_dev)} if folder.exists() else set()
    return bool(seen - there)


def main(arguments: Sequence[str]) -> int:
    """With the files of the configuration, of what `room.sh` wrote, and compose as it is typed."""
    file, rooms, compose = arguments
    config = json.loads(Path(file).read_text(encoding="utf-8"))
    if not (mount := mount_of(config)):
        return 0
    wrong = absent(config)
    anew = f"{compose} up --detach --force-recreate postgres"
    if wrong:
        wrong = f"{wrong} Then: {anew}"
    elif _kept_elsewhere(config, Path(rooms).read_text(encoding="utf-8")):
        wrong = f"The server was started before the disk at {mount} was mounted. Run: {anew}"
    print(f"✗ {wrong}" if wrong else f"✓ The disk of the backups is mounted at {mount}.")
    return int(wrong is not None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
