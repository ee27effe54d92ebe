"""Writes what each service ships, as CycloneDX: read from its hashed lock, without a network.

Example: python deploy/supply/sbom.py .cache/sbom
"""

# ruff: noqa: INP001 - scripts, not a package

import json
import subprocess
import sys
from pathlib import Path

from besides import besides

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("cyclonedx-py")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for lock in sorted(ROOT.glob("services/*/requirements.lock")):
        target = folder / f"{lock.parent.name}.cdx.json"
        write(lock, target)
        components = json.loads(target.read_text(encoding="utf-8"))["components"]
        print(f"{target}: {len(components)} components")


def write(lock: Path, target: Path) -> None:
    """The same lock gives the same bytes."""
    subprocess.run(  # noqa: S603 - a program of the lock
        [
            PROGRAM,
            "requirements",
            lock,
            "--pyproject",
            lock.with_name("pyproject.toml"),
            "--output-reproducible",
            "--output-file",
            target,
        ],
        check=True,
        capture_output=True,
    )
    told = json.loads(target.read_text(encoding="utf-8"))
    told["components"] += besides(lock.parent.name)
    target.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
