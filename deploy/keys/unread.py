"""Whether whoever reads a secret was started after its file last changed.

A container keeps what it was started with, also where another file took the name since. When the
file itself changed counts, not its date: one that was put back from a copy keeps its old date.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from families import families
from started import Container, anew, said

SECRETS = Path("/run/secrets")
JOB = "databases"
"""It sets the passwords once and ends: what it was started with counts also afterwards."""


def findings(containers: Sequence[Container], *, compose: str) -> Iterator[str]:
    """A sentence a service, in the order in which nobody is signed out."""
    for service, names in _unread(containers).items():
        yield (
            f"{', '.join(names)} changed after {service} was started, and was not read since."
            f" {_remedy(service, compose)}"
        )


def _unread(containers: Sequence[Container]) -> Mapping[str, Mapping[str, None]]:
    """By service the names of its secrets, each once whatever the number of its replicas."""
    found: dict[str, dict[str, None]] = {}
    for family in families("localhost"):
        for container in _in_order(containers, family.readers):
            for name in _unread_by(container, family.files):
                found.setdefault(container.service, {})[name] = None
    return found


def _unread_by(container: Container, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        file = container.mounted.get(SECRETS / name)
        if file and _changed(file) > container.started:
            yield name


def _in_order(containers: Sequence[Container], readers: Sequence[str]) -> Iterator[Container]:
    yield from (each for reader in readers for each in containers if _reads(each, reader))


def _reads(container: Container, reader: str) -> bool:
    """Brokers beside the first are numbered."""
    counts = container.runs or (container.service == JOB and container.ever_ran)
    return counts and re.fullmatch(rf"{reader}(-\d+)?", container.service) is not None


def _remedy(service: str, compose: str) -> str:
    if service == "grafana":
        return (
            "Grafana keeps its own: set it there as docs/operating.md says, Secrets, then run:"
            f" {compose} restart grafana"
        )
    # Compose takes the end of a job that was named for a failure to run on.
    return anew(service, compose=compose, wait=service != JOB)


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_ctime, tz=UTC)


if __name__ == "__main__":
    sys.exit(said(findings, good="Whoever reads a secret was started after it changed."))
