"""What containers read of the checkout: a mounted file keeps its mode, and they are other users."""

from collections.abc import Iterator
from pathlib import Path

MOUNTED = (
    "deploy/backup",
    "deploy/gateway",
    "deploy/kafka/log4j2.yaml",
    "deploy/kafka/partner.sh",
    "deploy/monitoring",
    "deploy/postgres/databases.sh",
    "shared/schemas/src/schemas/topics.json",
)
MAY_READ, MAY_ENTER = 0o004, 0o005


def closed_to_containers(checkout: Path) -> str | None:
    """A sentence about the first file or folder that others may not read, and the cure."""
    for path in _mounted(checkout):
        wanted = MAY_ENTER if path.is_dir() else MAY_READ
        if path.stat().st_mode & wanted != wanted:
            return (
                f"{path.relative_to(checkout)} cannot be read in a container, where the users are"
                f" others than you. Run: chmod -R a+rX {' '.join(MOUNTED)}"
            )
    return None


def _mounted(checkout: Path) -> Iterator[Path]:
    for name in MOUNTED:
        yield checkout / name
        yield from (
            path for path in (checkout / name).rglob("*") if "__pycache__" not in path.parts
        )
