"""`make secrets`: writes keys and passwords as files, once; `--rotate NAME` renews one family.

What is there is never replaced without being asked to; what is missing is never half made up for.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from env_file import PROJECT, EnvFile
from families import Family, Files, families
from key_list import ended
from mounted import closed_to_containers
from openssl import NoOpenssl
from secret_folder import SecretFolder

KEPT_DAYS = 120
"""Longer than any link in a mail is good for: the last question about a contact comes on day 90."""


class Refused(Exception):
    """Nothing was changed; the sentence says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _asked(arguments)
    if closed := closed_to_containers(PROJECT.parent):
        print(closed, file=sys.stderr)
        return 1
    settings = EnvFile(asked.settings)
    known = families(settings.value("KAFKA_HOST") or "localhost")
    folder = SecretFolder(asked.folder)
    try:
        if asked.rotate is None:
            _make_missing(folder, known, today=date.today())  # noqa: DTZ011 - the operator's day
        else:
            _rotate(folder, known, asked.rotate, until=asked.keep_until)
    except (Refused, NoOpenssl, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    settings.ensure(asked.folder.resolve())
    return 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make secrets", description=__doc__)
    parser.add_argument(
        "--rotate", metavar="NAME", help="renew this family; a wrong name lists all"
    )
    parser.add_argument(
        "--keep-until",
        type=date.fromisoformat,
        default=date.today() + timedelta(days=KEPT_DAYS),  # noqa: DTZ011 - the operator's day
        metavar="DATE",
        help=f"the last day on which old keys count, {KEPT_DAYS} days from now if not given",
    )
    parser.add_argument("--folder", type=Path, default=PROJECT / "secrets")
    parser.add_argument("--settings", type=Path, default=PROJECT / ".env")
    return parser.parse_args(arguments)


def _make_missing(folder: SecretFolder, known: Sequence[Family], *, today: date) -> None:
    """Also lets go of old keys whose day is over."""
    wanted = [family for family in known if folder.missing(family.files)]
    for family in wanted:
        _refuse_half(folder, family)
    past = _past(folder, known, today)
    fresh = [family.fresh() for family in wanted]
    for files in (*fresh, past):
        folder.write(files)
    print(f"{sum(map(len, fresh))} secrets were written into {folder.path}.")
    if past:
        print(f"Keys ended in: {', '.join(sorted(past))}. Start their services anew.")


def _past(folder: SecretFolder, known: Sequence[Family], today: date) -> Files:
    """What is there without the keys whose day is over, where it has any."""
    lists = [name for family in known for name in family.files if name.endswith(("_key", "_keys"))]
    there = set(lists) - set(folder.missing(lists))
    try:
        return ended(folder.read(there), today)
    except ValueError:
        raise Refused("A list of keys cannot be read: make doctor names it.") from None


def _rotate(folder: SecretFolder, known: Sequence[Family], name: str, *, until: date) -> None:
    by_name = {family.name: family for family in known if family.renewed}
    if name not in by_name:
        raise Refused(f"There is no {name} to rotate. There are: {', '.join(sorted(by_name))}.")
    family = by_name[name]
    if missing := folder.missing(family.files):
        raise Refused(f"{folder.path / missing[0]} is missing: run make secrets first.")
    assert family.renewed is not None  # noqa: S101 - the others were left out above
    try:
        renewed = family.renewed(folder.read(family.files), until)
    except (TypeError, ValueError):
        raise Refused(
            f"The keys of {name} cannot be read: put them back from your copy; or move the family"
            f" away and run make secrets, and all of it is made anew: {', '.join(family.files)}."
        ) from None
    folder.write(renewed)
    print(f"{name} is renewed. Start anew, in this order, each when the one before is healthy:")
    print("  " + ", ".join(family.readers))


def _refuse_half(folder: SecretFolder, family: Family) -> None:
    missing = folder.missing(family.files)
    if len(missing) < len(family.files):
        raise Refused(
            f"{folder.path / missing[0]} is missing and others of its family are there:"
            " put it back from your copy; or move the family away and all of it is made anew:"
            f" {', '.join(family.files)}."
        )


if __name__ == "__main__":
    sys.exit(main())
