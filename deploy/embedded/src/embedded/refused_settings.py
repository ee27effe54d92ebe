"""A service that is given a setting it cannot use: what it says, for the tests of each service."""

import pytest
import typer

from chassis.cli.running import settings_of
from chassis.service import Service

MISUSED = 2
"""Exit code of a command that was called with what it cannot use."""


def refusal_of(service: Service, capsys: pytest.CaptureFixture[str]) -> str:
    """Its one sentence."""
    with pytest.raises(typer.Exit) as left:
        settings_of(service)
    said = capsys.readouterr().err
    assert left.value.exit_code == MISUSED  # noqa: S101 - this is part of a test
    assert said.count("\n") == 1  # noqa: S101 - the same
    return said
