"""Lists the licence of everything the services ship; one that nobody allowed is a failure.

Example: python deploy/supply/licences.py
"""

# ruff: noqa: INP001 - scripts, not a package

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from locks import service_locks, users_of_packages
from rich.console import Console
from rich.table import Table

ALLOWED = {
    "MIT": "permissive; keep the notice",
    "MIT-0": "permissive",
    "BSD-2-Clause": "permissive; keep the notice",
    "BSD-3-Clause": "permissive; keep the notice",
    "BSD": "permissive; keep the notice",
    "ISC": "permissive; keep the notice",
    "0BSD": "permissive",
    "Apache-2.0": "permissive with a patent grant; EUPL-1.2 may include it",
    "PSF-2.0": "permissive, Python's own",
    "Zlib": "permissive",
    "CC0-1.0": "given up to the public",
    "Unlicense": "given up to the public",
    "MPL-2.0": "copyleft by file; we change none of these files",
    "LGPL-3.0": "a library that is imported and can be replaced; we change nothing in it",
}

KNOWN: dict[str, str] = {}
"""Packages whose metadata name no licence; read in their own files."""

GENERAL = "License :: OSI Approved"

_NAMES = {
    "apache": "Apache-2.0",
    "mit": "MIT",
    "isc": "ISC",
    "mozilla": "MPL-2.0",
    "mpl": "MPL-2.0",
    "python software foundation": "PSF-2.0",
    "psf": "PSF-2.0",
    "bsd-2": "BSD-2-Clause",
    "bsd-3": "BSD-3-Clause",
    "3-clause": "BSD-3-Clause",
    "bsd": "BSD",
    "lgpl": "LGPL-3.0",
    "lesser general public": "LGPL-3.0",
    "unlicense": "Unlicense",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """A package with the licences it may be used under."""

    name: str
    licence: str
    services: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        return is_allowed(self.licence)


def is_allowed(expression: str) -> bool:
    """Every part of an AND, one part of an OR."""
    return any(
        all(part.strip(" ()") in ALLOWED for part in re.split(r"\bAND\b", choice))
        for choice in re.split(r"\bOR\b", expression)
    )


def licence_of(name: str) -> str:
    """As the package says it, by the names of SPDX; its own words where they are no such name."""
    if name in KNOWN:
        return KNOWN[name]
    said = metadata.metadata(name)
    for expression in said.get_all("License-Expression") or ():
        return str(expression)
    named = _first_line(said.get_all("License"))
    if is_allowed(named):
        return named
    classified = {
        _spdx(each.split(" :: ")[-1])
        for each in said.get_all("Classifier") or ()
        if each.startswith("License :: ") and each != GENERAL
    }
    return " AND ".join(sorted(classified)) or _spdx(named) or "unknown"


def _first_line(texts: list[str] | None) -> str:
    return "".join(texts or ()).strip().partition("\n")[0]


def _spdx(words: str) -> str:
    return next((spdx for name, spdx in _NAMES.items() if name in words.lower()), words)


def shipped() -> tuple[tuple[Shipped, ...], tuple[str, ...]]:
    """What is installed here, and the names of what only another platform installs."""
    found, elsewhere = [], []
    for name, services in users_of_packages().items():
        try:
            found.append(Shipped(name=name, licence=licence_of(name), services=tuple(services)))
        except metadata.PackageNotFoundError:
            elsewhere.append(name)
    return tuple(found), tuple(elsewhere)


def _table(found: Iterable[Shipped]) -> Table:
    table = Table("package", "licence", "in", "why it may be used")
    everywhere = len(service_locks())
    for each in found:
        why = ALLOWED.get(
            each.licence, "each part is allowed" if each.is_allowed else "NOT ALLOWED"
        )
        services = "all" if len(each.services) == everywhere else ", ".join(each.services)
        table.add_row(each.name, each.licence, services, why)
    return table


def main() -> int:
    found, elsewhere = shipped()
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(_table(found))
    if elsewhere:
        console.print(f"Not installed on this platform, so not looked at: {', '.join(elsewhere)}")
    refused = [each.name for each in found if not each.is_allowed]
    if refused:
        console.print(f"Nobody allowed the licence of: {', '.join(refused)}. See {__file__}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
