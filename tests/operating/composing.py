"""What compose itself makes of its files, under the settings of the example and those given."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from composed_files import DEPLOY, MAIN

CLUSTER = DEPLOY / "compose.cluster.yaml"
EXAMPLE = (DEPLOY / ".env.example").read_text()


def configured(
    *files: Path, settings: Mapping[str, str] | None = None, example: str = EXAMPLE
) -> dict[str, Any]:
    """By default `compose.yaml` alone; with the containers of every profile."""
    named = [word for file in files or (MAIN,) for word in ("--file", str(file))]
    with NamedTemporaryFile("w") as env:
        env.write(_settings(example, settings or {}))
        env.flush()
        command = ["docker", "compose", "--env-file", env.name, *named, "--profile", "*"]
        done = subprocess.run(  # noqa: S603 - the words are ours
            [*command, "config", "--format", "json"], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@contextmanager
def own_file(text: str) -> Iterator[Path]:
    """A file of the operator's, where its paths begin."""
    with NamedTemporaryFile("w", dir=DEPLOY, prefix=".own-", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        yield Path(file.name)


def _settings(example: str, given: Mapping[str, str]) -> str:
    """What is said later counts."""
    own = "\n".join(f"{name}={value}" for name, value in given.items())
    return f"{example}\nSECRETS=./secrets\n{own}\n"
