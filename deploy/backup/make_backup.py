"""`make backup`: a base backup of the composed exchange's database server, verified."""

import sys

from alone import NotAlone, alone
from composed_place import ComposedPlace
from restoring import StepFailed, back_up


def main() -> int:
    try:
        with alone():
            back_up(ComposedPlace(), say=print)
    except NotAlone as other:
        print(other, file=sys.stderr)
        return 1
    except StepFailed as failed:
        print(f"No backup was taken: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
