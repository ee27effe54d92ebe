"""Whether every secret that a container has is there, and whatever it mounts can be read in it."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from env_file import PROJECT
from mounted import MAY_READ, closed_to_containers


def findings(config: Mapping[str, Any], checkout: Path) -> Iterator[str]:
    """Of what `docker compose config --format json` prints."""
    if closed := closed_to_containers(checkout):
        yield closed
    for secret in config.get("secrets", {}).values():
        file = Path(secret["file"])
        if file.is_dir():
            yield (
                f"{file} is a folder: take it away, then put the file back from your copy, or run:"
                " make secrets"
            )
        elif not file.is_file():
            yield f"{file} is missing: put it back from your copy, or run: make secrets"
        elif not file.stat().st_mode & MAY_READ:
            yield f"{file} cannot be read in a container. Run: chmod a+r {file}"


def main(arguments: Sequence[str]) -> int:
    config = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        wrong = list(findings(config, PROJECT.parent))
    except OSError as error:
        wrong = [f"{error}: the secrets are another user's."]
    print("\n".join([f"✗ {each}" for each in wrong] or ["✓ All of them are there."]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
