"""What Compose refuses without naming the setting is named by `make doctor`, in one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from composing import EXAMPLE, configured
from refused_settings import RULES, refused

WRONG = [
    ("GATEWAY_PORT", "80a"),
    ("GATEWAY_PORT", "70000"),
    ("GATEWAY_TLS_PORT", "-443"),
    ("KAFKA_PORT", "x"),
    ("MAIL_PORT", "8025 8026"),
    ("PROMETHEUS_PORT", "x"),
    ("GRAFANA_PORT", "x"),
    ("GATEWAY_LISTEN", "localhost"),
    ("GATEWAY_LISTEN", "::1"),
    ("KAFKA_LISTEN", "300.1.1.1"),
    ("MATCHING_MEMORY", "2x"),
    ("BACKUP_DIR", "backup"),
]
RIGHT = [
    ("GATEWAY_PORT", "443"),
    ("GATEWAY_LISTEN", ""),
    ("GATEWAY_LISTEN", "192.0.2.7"),
    ("KAFKA_LISTEN", "[::1]"),
    ("MATCHING_MEMORY", "1500m"),
    ("MATCHING_MEMORY", "4gb"),
    ("BACKUP_DIR", "/mnt/backups"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_what_compose_refuses_is_named(name: str, value: str) -> None:
    [said] = refused({name: value})

    assert said.startswith(f"{name}={value} is no ")
    assert said.endswith(": set one in deploy/.env.")


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_what_compose_takes_is_let_pass(name: str, value: str) -> None:
    assert list(refused({name: value})) == []


@pytest.mark.docker
@pytest.mark.parametrize(("name", "value"), WRONG)
def test_compose_refuses_it_indeed(name: str, value: str) -> None:
    with pytest.raises(AssertionError):
        configured(settings={name: value})


@pytest.mark.docker
@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_compose_takes_it_indeed(name: str, value: str) -> None:
    assert configured(settings={name: value})


def test_what_is_looked_at_is_in_the_example() -> None:
    assert [name for name in RULES if f"\n{name}=" not in EXAMPLE] == []


def script(file: Path, **environment: str) -> tuple[int, str]:
    path = Path(__file__).parents[2] / "deploy" / "keys" / "refused_settings.py"
    ended = subprocess.run(  # noqa: S603 - the script under test
        [sys.executable, "-S", path, file],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def test_the_shell_counts_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("GATEWAY_PORT=80a # ours\nKAFKA_PORT='19094'\n")

    assert script(file, GATEWAY_PORT="80") == (0, "")
    assert script(file) == (1, f"✗ {next(refused({'GATEWAY_PORT': '80a'}))}\n")
    assert "set one in your shell" in script(file, GATEWAY_PORT="80b")[1]
