"""`make backup`: a base backup of the composed exchange's database server, verified."""

import sys

from composed_place import ComposedPlace
from restoring import StepFailed, back_up


def main() -> int:
    try:
        back_up(ComposedPlace(), say=print)
    except StepFailed as failed:
        print(f"No backup was taken: {failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
