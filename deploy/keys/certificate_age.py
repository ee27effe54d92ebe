"""How long the certificates are good for: what runs out soon is told with what renews it."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from env_file import PROJECT, EnvFile
from families import AUTHORITY, KEYSTORE
from openssl import NoOpenssl, valid_until

SOON = timedelta(days=30)
RENEWAL = {
    KEYSTORE: 'make secrets ARGS="--rotate certificate", then start kafka anew',
    AUTHORITY: "move the three kafka_ files away, make secrets, and send partners the new one",
}


def main(arguments: Sequence[str] = ()) -> int:
    folder = EnvFile(Path(arguments[0]) if arguments else PROJECT / ".env").folder()
    try:
        ends = {name: valid_until(folder / name) for name in RENEWAL}
    except NoOpenssl as error:
        print(f"✗ {str(error).partition(chr(10))[0]}")
        return 1
    runs_out = [_told(name, end) for name, end in ends.items()]
    return int(any(runs_out))


def _told(name: str, end: datetime) -> bool:
    """Whether it runs out soon."""
    soon = end - datetime.now(tz=UTC) < SOON
    mark, remedy = ("✗", f" Run: {RENEWAL[name]}.") if soon else ("✓", "")
    print(f"{mark} {name} is good until {end:%Y-%m-%d}.{remedy}")
    return soon


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
