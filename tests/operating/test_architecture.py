"""What ARCHITECTURE.md follows through the code is there: files, functions, tables."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
SOURCES = [ROOT / "chassis/src", *sorted(ROOT.glob("services/*/src"))]

FILE = re.compile(r"`([\w/]+(?:\.py|/))`")
FUNCTION = re.compile(r"`([\w/]+\.py)`[,:] `(\w+)`")
LONG_NAME = re.compile(r"`([a-z]+(?:_[a-z]+)+)`")
TABLE = re.compile(r"create table (\w+)")


def walks() -> dict[str, str]:
    """The sections that follow something through the code, by their heading."""
    sections = re.findall(r"^## (One .+)\n((?:(?!## ).*\n)+)", TEXT, re.MULTILINE)
    return dict(sections)


def steps(section: str) -> list[str]:
    return re.findall(r"^\d\. .+$", section, re.MULTILINE)


def home(section: str) -> Path | None:
    """The package that a section names as the place of its modules."""
    named = re.search(r"Modules are of `([\w/]+)`", section)
    return ROOT / named[1] if named else None


def places(step: str, beside: Path | None) -> Iterator[tuple[str, Path | None]]:
    """Each file or folder of a step; a bare name lies beside the path that was named last."""
    for name in FILE.findall(step):
        found = [source / name for source in SOURCES if (source / name).exists()]
        if not found and beside is not None and (beside / name).exists():
            found = [beside / name]
        place = found[0] if found else None
        if "/" in name.rstrip("/") and place is not None and name.endswith(".py"):
            beside = place.parent
        yield name, place


def functions(file: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, kinds)}


def tables() -> set[str]:
    migrations = ROOT.glob("services/*/src/*/migrations/*.sql")
    return {table for each in migrations for table in TABLE.findall(each.read_text())}


def missing(section: str) -> list[str]:
    """What the section names and nobody finds."""
    gone = []
    for step in steps(section):
        named = dict(places(step, home(section)))
        gone += [name for name, place in named.items() if place is None]
        files = {name: place for name, place in named.items() if place and place.suffix == ".py"}
        gone += [
            function
            for file, function in FUNCTION.findall(step)
            if file in files and function not in functions(files[file])
        ]
        known = tables().union(*map(functions, files.values()))
        gone += [name for name in LONG_NAME.findall(step) if name not in known]
    return sorted(set(gone))


@pytest.mark.parametrize("heading", walks())
def test_what_is_followed_through_the_code_is_there(heading: str) -> None:
    section = walks()[heading]

    assert steps(section)
    assert missing(section) == []


@pytest.mark.parametrize(
    ("step", "gone"),
    [
        ("1. `notifications/consumers.py`, `told`, goes on.", ["told"]),
        ("1. `notifications/consumers.py` hears, `on_match_lost` acts.", ["on_match_lost"]),
        ("1. `notifications/mail.py` asks `recipients.py`.", ["recipients.py"]),
        (
            "1. `notifications/nowhere.py` keeps it in `no_table`.",
            ["no_table", "notifications/nowhere.py"],
        ),
        ("1. `notifications/mail.py` asks `addressing.py`, `recipients_of`.", []),
        ("1. `matching/consumers.py` keeps a row in `match_due`.", []),
    ],
)
def test_what_is_gone_is_found(step: str, gone: list[str]) -> None:
    assert missing(step) == gone
