"""No module escapes its layer: whatever is called like storage or an edge stands in its contracts.

Import-linter knows no part of a name, so that `pyproject.toml` lists such modules one by one.
"""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["name"]: contract for contract in LINTER["contracts"]}

STORAGE = "Storage knows neither use cases nor edges"
USE_CASES = "Use cases do not know who calls them"
EDGES = "Edges do not know the whole that is composed of them"

CALLED = {
    "storage": re.compile(r"(.+_)?(storage|queue|staging)"),
    "use case": re.compile(r"commands|queries"),
    "edge": re.compile(r"(.+_)?(pages?|api|consumers|sweeps|command_line)|.+_commands|home"),
}
LISTS = {
    "storage": [(STORAGE, "source_modules")],
    "use case": [(STORAGE, "forbidden_modules"), (USE_CASES, "source_modules")],
    "edge": [
        (STORAGE, "forbidden_modules"),
        (USE_CASES, "forbidden_modules"),
        (EDGES, "source_modules"),
    ],
}


def modules() -> list[str]:
    return sorted(
        ".".join(path.relative_to(source).with_suffix("").parts)
        for source in ROOT.glob("services/*/src")
        for path in source.rglob("*.py")
    )


def is_listed(module: str, expressions: list[str]) -> bool:
    """As import-linter reads it: `*` is one part of a name, `**` one or more."""
    patterns = (re.escape(each).replace(r"\*\*", ".+") for each in expressions)
    return any(re.fullmatch(each.replace(r"\*", r"[^.]+"), module) for each in patterns)


def escaped(layer: str, expressions: list[str]) -> list[str]:
    layered = [each for each in modules() if CALLED[layer].fullmatch(each.rpartition(".")[2])]
    return [module for module in layered if not is_listed(module, expressions)]


@pytest.mark.parametrize(
    ("layer", "contract", "side"),
    [(layer, *place) for layer, places in LISTS.items() for place in places],
)
def test_every_module_of_a_layer_is_held_by_its_contracts(
    layer: str, contract: str, side: str
) -> None:
    assert escaped(layer, CONTRACTS[contract][side]) == []


@pytest.mark.parametrize(
    ("layer", "module"),
    [
        ("storage", "matching.unmet.tried_storage"),
        ("storage", "notifications.queue"),
        ("use case", "matching.commands"),
        ("edge", "notifications.held_pages"),
        ("edge", "listings.cli.member_commands"),
    ],
)
def test_a_module_that_no_list_holds_is_found(layer: str, module: str) -> None:
    assert module in escaped(layer, ["matching.**.commands", "listings.*", "notifications"])
