"""The files of compose as its tests read them: each container with what it extends."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
MAIN = DEPLOY / "compose.yaml"


def text() -> str:
    """Of every file, the three brokers' too."""
    return "\n".join(path.read_text() for path in sorted(DEPLOY.glob("compose*.yaml")))


def containers() -> dict[str, dict[str, Any]]:
    """What runs on one machine, whichever profile it waits for."""
    included = [MAIN, *(MAIN.parent / name for name in _read(MAIN)["include"])]
    return {
        name: _extended(container, path)
        for path in included
        for name, container in _read(path).get("services", {}).items()
    }


def _extended(container: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """What is said twice is a mapping that grows, or the container's own word counts."""
    own = {key: value for key, value in container.items() if key != "extends"}
    if "extends" not in container:
        return own
    file = path.parent / container["extends"].get("file", path.name)
    base = _extended(_read(file)["services"][container["extends"]["service"]], file)
    environment = base.get("environment", {}) | own.get("environment", {})
    return base | own | {"environment": environment}


def _read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))
