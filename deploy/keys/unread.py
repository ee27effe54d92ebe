"""Whether whoever reads a secret was started after its file last changed.

A container keeps what it was started with, also where another file took the name since. When the
file itself changed counts, not its date: one that was put back from a copy keeps its old date.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from families import families

SECRETS = Path("/run/secrets")
JOB = "databases"
"""It sets the passwords once and ends: what it was started with counts also afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """`mounted` names the secrets it was started with, and where they lie on this machine."""

    service: str
    counts: bool
    started: datetime
    mounted: Mapping[str, Path]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Of what `docker inspect` prints."""
        service = told["Config"]["Labels"]["com.docker.compose.service"]
        places = {Path(each["Destination"]): each["Source"] for each in told["Mounts"]}
        return cls(
            service=service,
            counts=told["State"]["Running"] or service == JOB,
            started=datetime.fromisoformat(told["State"]["StartedAt"]),
            mounted={
                inside.name: Path(source)
                for inside, source in places.items()
                if inside.parent == SECRETS
            },
        )

    def unread(self, names: Sequence[str]) -> Iterator[str]:
        yield from (
            name
            for name in names
            if name in self.mounted and _changed(self.mounted[name]) > self.started
        )

    def is_of(self, reader: str) -> bool:
        """Brokers beside the first are numbered."""
        return self.counts and re.fullmatch(rf"{reader}(-\d+)?", self.service) is not None


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
            for name in container.unread(family.files):
                found.setdefault(container.service, {})[name] = None
    return found


def _in_order(containers: Sequence[Container], readers: Sequence[str]) -> Iterator[Container]:
    yield from (each for reader in readers for each in containers if each.is_of(reader))


def _remedy(service: str, compose: str) -> str:
    if service == "grafana":
        return (
            "Grafana keeps its own: set it there as docs/operating.md says, Secrets, then run:"
            f" {compose} restart grafana"
        )
    # Compose takes the end of a job that was named for a failure to run on.
    wait = "" if service == JOB else "--wait "
    return f"Run: {compose} up --detach --force-recreate {wait}{service}"


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_ctime, tz=UTC)


def main(arguments: Sequence[str]) -> int:
    """With the operator's call of compose; reads what `docker inspect` prints of its containers."""
    [compose] = arguments
    containers = [Container.read(each) for each in json.loads(sys.stdin.read() or "[]")]
    if not containers:
        return 0
    try:
        wrong = list(findings(containers, compose=compose))
    except OSError as error:
        wrong = [str(error)]
    said = [f"✗ {each}" for each in wrong] or [
        "✓ Whoever reads a secret was started after it changed."
    ]
    print("\n".join(said))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
