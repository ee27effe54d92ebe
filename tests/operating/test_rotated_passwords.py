"""A renewed password of a database leaves where that database is as its operator wrote it."""

import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from installation import Installation

PASSWORD = r"[\w-]{43}"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made


@pytest.mark.parametrize(
    ("before", "role", "place"),
    [
        ("surveys:old@postgres/surveys", "surveys", "postgres/surveys"),
        (
            "reader:old@db.example.org:5433/exchange?sslmode=require\n",
            "reader",
            "db.example.org:5433/exchange?sslmode=require",
        ),
        ("surveys:o:ld@[2001:db8::1]/surveys", "surveys", "[2001:db8::1]/surveys"),
        ("db.example.org/surveys", "surveys", "db.example.org/surveys"),
    ],
)
def test_a_database_that_lies_elsewhere_stays_there(
    installation: Installation, *, before: str, role: str, place: str
) -> None:
    installation.change("surveys_database_url", f"postgresql://{before}")

    code, _ = installation.make("--rotate", "surveys_database_url")

    after = installation.read("surveys_database_url")
    assert code == 0
    assert re.fullmatch(f"postgresql://{role}:{PASSWORD}@{re.escape(place)}", after)
