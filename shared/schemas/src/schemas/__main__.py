"""The command line of the schemas: `release` writes the schema of every event, or refuses."""

import sys

from schemas.releases import COMMAND, RELEASED, release


def main(arguments: list[str]) -> int:
    if arguments != ["release"]:
        print(f"Usage: {COMMAND}", file=sys.stderr)
        return 2
    refusals = release()
    for refusal in refusals:
        print(refusal, file=sys.stderr)
    if refusals:
        print("Nothing was written; a change of meaning is a new version.", file=sys.stderr)
        return 1
    print(f"Released into {RELEASED.name}/.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
