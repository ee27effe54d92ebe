"""Backup and restore reach the installation as it was put up: by one file, or by those it names."""

import os
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from composed_place import COMPOSE, ComposedPlace

CALLED = "run --rm --no-deps --no-TTY listings doctor\n"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """With a `docker` that says what it was called with."""
    engine = tmp_path / "docker"
    engine.write_text('#!/bin/sh\necho "$*"\n')
    engine.chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


@pytest.mark.parametrize("files", [{}, {"COMPOSE_FILE": ""}])
def test_one_file_is_given(path: str, files: dict[str, str]) -> None:
    place = ComposedPlace(environment={"PATH": path} | files)

    assert place.run("listings", "doctor") == f"compose -f {COMPOSE} {CALLED}"


def test_several_files_are_left_to_compose_which_drops_them_where_one_is_given(path: str) -> None:
    files = "/srv/compose.yaml:/srv/compose.cluster.yaml"
    place = ComposedPlace(environment={"PATH": path, "COMPOSE_FILE": files})

    assert place.run("listings", "doctor") == f"compose {CALLED}"
