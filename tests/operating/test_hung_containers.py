"""A container that runs and does not answer is named by `make doctor`: `up` leaves it as it is."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from doctored import ALL_RUN, RUNNING, asked
from installation import Installation


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Installation(tmp_path_factory.mktemp("installation"))
    code, said = made.make()
    assert code == 0, said
    return made.settings


def unhealthy(service: str) -> str:
    """What Compose says of the containers that run."""
    return f'case "$*" in *Health*) echo {service} unhealthy ;; *) {ALL_RUN} ;; esac'


@pytest.mark.parametrize("hung", RUNNING)
def test_what_runs_and_does_not_answer_is_named_with_the_command_that_starts_it_anew(
    tmp_path: Path, settings: Path, hung: str
) -> None:
    code, said = asked(tmp_path, settings, ps=unhealthy(hung))

    assert code == 1
    assert said.count("does not answer") == 1
    assert f"✗ {hung} runs and does not answer. Run: " in said
    assert f"docker compose -f deploy/compose.yaml restart {hung}\n" in said


def test_a_service_that_says_itself_what_it_waits_for_is_not_started_anew(
    tmp_path: Path, settings: Path
) -> None:
    waits = 'case "$*" in *surveys*) exit 1 ;; esac'

    code, said = asked(tmp_path, settings, ps=unhealthy("surveys"), finds=waits)

    assert code == 1
    assert "does not answer" not in said
