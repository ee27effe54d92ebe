"""A checkout that the containers' users cannot read is refused before anything is started."""

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[2] / "deploy" / "keys"))

from composed_files import containers
from mounted import MOUNTED, closed_to_containers

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """As somebody gets it whose files are closed to others from the start."""
    copied = [*MOUNTED, "deploy/keys", "deploy/.env.example", "shared/schemas/src/schemas/links.py"]
    copy = f"umask 077 && cp -r --parents {' '.join(copied)} {tmp_path}"
    subprocess.run(["/bin/sh", "-c", copy], cwd=ROOT, check=True)  # noqa: S603 - the words are ours
    return tmp_path


def make_secrets(checkout: Path) -> subprocess.CompletedProcess[str]:
    asked = (sys.executable, "-S", checkout / "deploy/keys/make_secrets.py")
    return subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_a_closed_checkout_is_refused_and_nothing_is_written(checkout: Path) -> None:
    refused = make_secrets(checkout)

    assert refused.returncode == 1
    assert refused.stderr.startswith("deploy/backup cannot be read in a container")
    assert not (checkout / "deploy/secrets").exists()


def test_the_command_that_it_names_is_the_cure(checkout: Path) -> None:
    cure = make_secrets(checkout).stderr.partition("Run: ")[2]

    subprocess.run(cure.split(), cwd=checkout, check=True)  # noqa: S603 - what an operator types

    assert make_secrets(checkout).returncode == 0
    assert (checkout / "deploy/secrets/postgres_password").exists()


def test_one_closed_file_in_an_open_folder_is_named(checkout: Path) -> None:
    subprocess.run(["chmod", "-R", "a+rX", checkout], check=True)  # noqa: S603, S607
    (checkout / "deploy/monitoring/rules.yml").chmod(0o640)

    said = closed_to_containers(checkout)

    assert said is not None
    assert said.startswith("deploy/monitoring/rules.yml cannot be read")


def test_everything_that_compose_mounts_of_the_checkout_is_looked_at() -> None:
    volumes = [volume for each in containers().values() for volume in each.get("volumes", ())]
    mounted = {
        (ROOT / "deploy" / each.split(":")[0]).resolve() for each in volumes if each[0] == "."
    }

    assert mounted
    for path in mounted:
        assert any(path.is_relative_to(ROOT / each) for each in MOUNTED), path
