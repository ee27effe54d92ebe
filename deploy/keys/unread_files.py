"""Whether whoever reads a file of the checkout at its start was started after it last changed.

Git writes a changed file anew. A container that has it mounted alone keeps the old one; in a
mounted folder it sees the new one, but does not read again what it read at its start.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from started import Container, anew, said
from unread import SECRETS

CHECKOUT = Path(__file__).resolve().parents[2]
AT_THE_START: Mapping[str, Sequence[str]] = {
    "deploy/backup": ("start.sh", "prepare.sh"),
    "deploy/monitoring/grafana": ("*/*.yml",),
    "deploy/monitoring/dashboards": (),
}
"""Of a folder that whoever runs on has mounted; the rest of it is read again by itself."""


def findings(
    containers: Sequence[Container], *, compose: str, checkout: Path = CHECKOUT
) -> Iterator[str]:
    """A sentence a service."""
    found: dict[str, dict[Path, None]] = {}
    for container in containers:
        for file in _unread(container, checkout):
            found.setdefault(container.service, {})[file.relative_to(checkout)] = None
    for service, files in sorted(found.items()):
        yield (
            f"{', '.join(map(str, files))} changed after {service} was started, and was not read"
            f" since. {anew(service, compose=compose)}"
        )


def _unread(container: Container, checkout: Path) -> Iterator[Path]:
    """A job that ended reads all of it at its next start."""
    if container.runs:
        read = _read(container, checkout)
        yield from (file for file in read if _changed(file) > container.started)


def _read(container: Container, checkout: Path) -> Iterator[Path]:
    for inside, source in container.mounted.items():
        here = source.resolve()
        if inside.parent == SECRETS or not here.is_relative_to(checkout):
            continue
        if here.is_file():
            yield here
        for pattern in AT_THE_START.get(str(here.relative_to(checkout)), ()):
            yield from here.glob(pattern)


def _changed(file: Path) -> datetime:
    """Its date, not its inode's: `chmod`, which an upgrade may want, changes nothing to read."""
    return datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


if __name__ == "__main__":
    sys.exit(said(findings, good="Whoever reads a mounted file was started after it changed."))
