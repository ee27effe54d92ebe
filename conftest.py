"""Shared by all tests: the real servers; what needs a program that is absent is left out.

With `CI=true` in the environment leaving a test out is a failure.
"""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# Before any test: pytest would take the folder of the same name for the package.
import chassis  # noqa: F401

pytest_plugins = ["embedded.testing"]

# Wherever it runs: the same examples each time, and none has to be over within 200 ms.
settings.load_profile("ci")

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_left_out: dict[str, int] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for marker, present in _NEEDED:
        marked = [item for item in items if item.get_closest_marker(marker)]
        if not marked or present():
            continue
        _left_out[marker] = len(marked)
        items[:] = [item for item in items if item not in marked]
        config.hook.pytest_deselected(items=marked)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _left_out and os.environ.get("CI") == "true":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for marker, count in _left_out.items():
        terminalreporter.write_line(f"not run: {count} tests that need {marker}, absent here")


@cache
def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    asked = subprocess.run([docker, "info"], capture_output=True, check=False)  # noqa: S603
    return asked.returncode == 0


@cache
def _chromium_found() -> bool:
    playwright = Path.home() / ".cache" / "ms-playwright"
    return any(map(shutil.which, _BROWSERS)) or any(playwright.glob("chromium*"))


def _prometheus_found() -> bool:
    return all(map(shutil.which, ("prometheus", "promtool")))


_NEEDED = (
    ("docker", _docker_answers),
    ("chromium", _chromium_found),
    ("prometheus", _prometheus_found),
)
