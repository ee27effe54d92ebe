"""Reads the hashed locks: which package is in which service."""

# ruff: noqa: INP001 - scripts, not a package

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?:\s*;\s*([^\\]+))?", re.MULTILINE)


def service_locks() -> tuple[Path, ...]:
    return tuple(sorted(ROOT.glob("services/*/requirements.lock")))


def pins(lock: Path) -> dict[str, str]:
    """Names and versions, also of packages that only another platform installs."""
    return {name.lower(): version for name, version, _ in _PIN.findall(lock.read_text())}


def users_of_packages() -> dict[str, list[str]]:
    """Every package that is shipped, with the services that ship it."""
    users: dict[str, list[str]] = {}
    for lock in service_locks():
        for name in pins(lock):
            users.setdefault(name, []).append(lock.parent.name)
    return dict(sorted(users.items()))
