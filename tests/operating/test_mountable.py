"""A secret that is not there, or that no container could read, is named before a start."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from mountable import findings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    """What compose tells of one secret that is there."""
    file = tmp_path / "listings_database_url"
    file.write_text("postgresql://")
    file.chmod(0o444)
    return {"secrets": {"listings_database_url": {"file": str(file)}}}


def file_of(config: dict[str, Any]) -> Path:
    return Path(config["secrets"]["listings_database_url"]["file"])


def test_what_is_there_and_open_is_no_finding(config: dict[str, Any]) -> None:
    assert list(findings(config, ROOT)) == []


def test_a_missing_one_is_named_with_what_makes_it(config: dict[str, Any]) -> None:
    file_of(config).unlink()

    [said] = findings(config, ROOT)

    assert said == (
        f"{file_of(config)} is missing: put it back from your copy, or run: make secrets"
    )


def test_a_folder_in_its_place_is_to_go_first(config: dict[str, Any]) -> None:
    file_of(config).unlink()
    file_of(config).mkdir()

    [said] = findings(config, ROOT)

    assert said.startswith(f"{file_of(config)} is a folder: take it away, ")


def test_a_closed_one_is_named_with_the_command_that_opens_it(config: dict[str, Any]) -> None:
    file_of(config).chmod(0o400)

    [said] = findings(config, ROOT)

    assert said.endswith(f"cannot be read in a container. Run: chmod a+r {file_of(config)}")


def test_a_closed_checkout_is_named_as_well(config: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "deploy" / "backup").mkdir(parents=True)
    (tmp_path / "deploy" / "backup").chmod(0o700)

    [said] = findings(config, tmp_path)

    assert said.startswith("deploy/backup cannot be read in a container")
