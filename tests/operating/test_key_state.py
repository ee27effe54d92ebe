"""Keys past their day, and keys that do not belong together, are said by `make doctor`."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from installation import Installation

YESTERDAY = str(date.today() - timedelta(days=1))  # noqa: DTZ011 - the operator's day
SCRIPT = "key_state.py"
FAMILIES = ("session", "links", "forms")


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    code, said = made.make()
    assert code == 0, said
    return made


@pytest.mark.parametrize("family", FAMILIES)
def test_what_make_secrets_leaves_is_right(installation: Installation, family: str) -> None:
    assert installation.told_by(SCRIPT) == (0, "✓ Keys are the same for all who hold them.\n")

    installation.make("--rotate", family)

    assert installation.told_by(SCRIPT)[0] == 0


@pytest.mark.parametrize("family", FAMILIES)
def test_old_keys_whose_day_is_over_are_said_until_they_are_let_go_of(
    installation: Installation, family: str
) -> None:
    installation.make("--rotate", family, "--keep-until", YESTERDAY)

    code, said = installation.told_by(SCRIPT)

    assert code == 1
    assert said.startswith("✗ Old keys in ")
    assert "Run: make secrets," in said
    installation.make()
    assert installation.told_by(SCRIPT)[0] == 0


def test_what_an_editor_does_to_a_file_makes_no_key_old(installation: Installation) -> None:
    key = (installation.secrets / "surveys_form_key").read_text()
    lists = (installation.secrets / "surveys_link_keys").read_text()

    installation.change("surveys_form_key", f"{key}\r\n")
    installation.change("surveys_link_keys", f"{json.dumps(json.loads(lists), indent=2)}\n")

    assert installation.told_by(SCRIPT) == (0, "✓ Keys are the same for all who hold them.\n")


@pytest.mark.parametrize(
    ("family", "file", "other"),
    [
        ("session", "surveys_session_public_keys", "[]"),
        ("forms", "matching_form_key", "other"),
        ("links", "surveys_link_keys", json.dumps({"outcome": ["other"]})),
    ],
)
def test_a_file_with_other_keys_than_its_family_is_named_with_what_mends_it(
    installation: Installation, family: str, file: str, other: str
) -> None:
    installation.change(file, other)

    code, said = installation.told_by(SCRIPT)

    assert code == 1
    assert file in said
    assert said.count("\n") == 1
    assert f'make secrets ARGS="--rotate {family}"' in said
    installation.make("--rotate", family)
    assert installation.told_by(SCRIPT)[0] == 0


def test_a_private_key_without_its_public_half_is_named(installation: Installation) -> None:
    before = installation.read("listings_session_private_key")
    installation.make("--rotate", "session")
    (installation.secrets / "listings_session_private_key").chmod(0o644)
    for file in installation.secrets.glob("*_session_public_keys"):
        newest, _ = json.loads(file.read_text())
        installation.change(file.name, json.dumps([newest]))
    installation.change("listings_session_private_key", before)

    code, said = installation.told_by(SCRIPT)

    assert code == 1
    assert said.startswith("✗ listings_session_private_key has no public half")


@pytest.mark.parametrize("text", ["", "not a key", "[]"])
def test_a_private_key_that_is_none_is_named(installation: Installation, text: str) -> None:
    installation.change("listings_session_private_key", text)

    code, said = installation.told_by(SCRIPT)

    assert code == 1
    assert "listings_session_private_key" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("file", ["listings_link_keys", "surveys_session_public_keys"])
def test_a_file_that_is_no_list_is_named(installation: Installation, file: str) -> None:
    installation.change(file, "{broken")

    code, said = installation.told_by(SCRIPT)

    assert (code, said.startswith(f"✗ {file} is no list of keys.")) == (1, True)


@pytest.mark.parametrize(
    ("family", "file"),
    [("links", "notifications_link_keys"), ("session", "listings_session_public_keys")],
)
def test_what_cannot_be_read_is_neither_renewed_nor_cleared_away(
    installation: Installation, family: str, file: str
) -> None:
    installation.change(file, "{broken")
    before = installation.all()

    code, said = installation.make("--rotate", family)
    assert (code, said.count("\n")) == (1, 1)
    assert file in said
    assert installation.make() == (1, "A list of keys cannot be read: make doctor names it.\n")
    assert installation.all() == before


def test_a_file_that_is_missing_is_named(installation: Installation) -> None:
    (installation.secrets / "surveys_form_key").unlink()

    code, said = installation.told_by(SCRIPT)

    assert (code, said.startswith("✗ surveys_form_key is missing.")) == (1, True)
