"""`make restore TO=2026-11-20T12:00`: the exchange as it was then, or as late as can be."""

import sys
from datetime import UTC, datetime
from functools import partial

from alone import NotAlone, alone
from composed_place import ComposedPlace
from point import Refused, moment
from restoring import OnlyNoBackup, StepFailed, restore


def main(to: str = "") -> int:
    try:
        with alone():
            say = partial(print, flush=True)
            restore(ComposedPlace(), moment(to), now=datetime.now(UTC), say=say)
    except NotAlone as other:
        print(other, file=sys.stderr)
        return 1
    except Refused as refused:
        print(f"{refused} Nothing was changed.", file=sys.stderr)
        return 1
    except StepFailed as failed:
        print(f"{failed} The services do not run: repeat the same command.", file=sys.stderr)
        return 1
    except OnlyNoBackup as failed:
        print(f"{failed} Restored; only the new backup failed: make backup", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
