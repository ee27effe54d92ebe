"""How many containers of a service are to run, as `docker compose config` says it."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Of the configuration in a file, and the service of this name."""
    file, service = arguments
    known = json.loads(Path(file).read_text())["services"].get(service, {})
    print(known.get("deploy", {}).get("replicas", 1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
