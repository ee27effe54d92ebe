"""The jobs of a start as a project of its own, which makes no volume and no network.

`docker compose run` in the exchange's own project would make what is not there yet, and newer
plugins make a network anew whose settings changed.
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

JOBS = (
    "address",
    "provision",
    *(f"{name}-migrate" for name in ("listings", "matching", "notifications", "surveys")),
)
WITHOUT = ("depends_on", "networks", "restart", "volumes")
ANY_NETWORK = {"network_mode": "bridge"}
"""The engine's own, where the exchange has none yet: names in DNS can be asked there."""


def project(config: Mapping[str, Any], networks: Collection[str], *, name: str) -> dict[str, Any]:
    """A configuration of compose; `networks` are those that the engine has."""
    services = {job: _job(config, job, networks) for job in JOBS}
    used = {each for job in services.values() for each in job.get("networks", ())}
    return {
        "name": name,
        "services": services,
        "secrets": config.get("secrets", {}),
        "networks": {
            each: {"name": config["networks"][each]["name"], "external": True} for each in used
        },
    }


def _job(config: Mapping[str, Any], job: str, networks: Collection[str]) -> dict[str, Any]:
    told = config["services"][job]
    wanted = list(told.get("networks") or ())
    there = all(config["networks"][each]["name"] in networks for each in wanted)
    kept = {key: value for key, value in told.items() if key not in WITHOUT}
    kept["volumes"] = list(_mounts(told))
    return kept | {"networks": wanted} if wanted and there else ANY_NETWORK | kept


def _mounts(job: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What lies in no volume; a folder that is not there is not made."""
    for mount in job.get("volumes", ()):
        if mount["type"] == "bind":
            yield {**mount, "bind": {**mount.get("bind", {}), "create_host_path": False}}


def images(config: Mapping[str, Any]) -> dict[str, bool]:
    """Every image of the configuration, and whether a service of ours builds it."""
    services = config["services"].values()
    built = {each["image"] for each in services if "build" in each}
    return {each["image"]: each["image"] in built for each in services}


def main(arguments: Sequence[str]) -> int:
    """`images CONFIG` prints a line an image; `project CONFIG NAME` the configuration, of stdin."""
    config = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    if arguments[0] == "images":
        for image, built in images(config).items():
            print("built" if built else "fetched", image)
    else:
        print(json.dumps(project(config, set(sys.stdin.read().split()), name=arguments[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
