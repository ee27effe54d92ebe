"""Containers as the engine tells of them: when each was started, and which files of ours it has."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """`mounted` says where on this machine lies what it has at a place."""

    service: str
    runs: bool
    started: datetime
    mounted: Mapping[Path, Path]

    @property
    def ever_ran(self) -> bool:
        """The engine dates the start of one that was only made to the year 1."""
        return self.started.year > 1

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """Of what `docker inspect` prints."""
        return cls(
            service=told["Config"]["Labels"]["com.docker.compose.service"],
            runs=told["State"]["Running"],
            started=datetime.fromisoformat(told["State"]["StartedAt"]),
            mounted={Path(each["Destination"]): Path(each["Source"]) for each in told["Mounts"]},
        )


def anew(service: str, *, compose: str, wait: bool = True) -> str:
    """What lets it read everything again."""
    waiting = "--wait " if wait else ""
    return f"Run: {compose} up --detach --force-recreate {waiting}{service}"


def said(findings: Callable[..., Iterator[str]], *, good: str) -> int:
    """With the operator's call of compose; reads what `docker inspect` prints of its containers."""
    [compose] = sys.argv[1:]
    containers = [Container.read(each) for each in json.loads(sys.stdin.read() or "[]")]
    if not containers:
        return 0
    try:
        wrong = list(findings(containers, compose=compose))
    except OSError as error:
        wrong = [str(error)]
    print("\n".join([f"✗ {each}" for each in wrong] or [f"✓ {good}"]))
    return int(bool(wrong))
