"""A restore step by step: until the swap nothing is changed, after it every step may be repeated.

Whatever the exchange said after the restored time is on Kafka still. Every service reads it again
before it does anything new, and mails that may have gone out are held.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from point import Point, Refused, point_at, told

SERVICES = ("listings", "matching", "surveys", "notifications")
"""In the order in which they catch up: the owner of the states first, the sender of mails last."""

Say = Callable[[str], None]


class StepFailed(Exception):
    """A step's own words for what was wrong."""


class OnlyNoBackup(Exception):
    """The exchange is restored and runs; why there is no new backup of it."""


class Place(Protocol):
    """Where an exchange runs; each step raises `StepFailed`."""

    def bases(self) -> Sequence[str]:
        """The names of the base backups."""

    def take(self) -> str:
        """Take a base backup; its name."""

    def flush(self) -> None:
        """Archive all that is committed."""

    def erasures(self) -> Sequence[str]:
        """The erasure lists that can be had: of the running database, of the last backup."""

    def keep_erasures(self) -> None:
        """Keep the running database's list beside the backups."""

    def recover(self, point: Point) -> None:
        """Recover the server beside what is there."""

    def swap(self) -> None:
        """Put what was recovered in the place of what is there, and run it."""

    def stop_services(self) -> None: ...

    def start_services(self) -> None: ...

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        """A command of a service that does not run; ``given`` is its standard input."""


def back_up(place: Place, *, say: Say) -> None:
    base = place.take()
    place.keep_erasures()
    say(f"Backup of {base} taken and verified; every moment from then on can be restored.")


def restore(place: Place, time: datetime | None, *, now: datetime, say: Say) -> None:
    """Bring the exchange back to a time, by default to the end of what is archived.

    Raises:
        Refused: nothing was changed.
        StepFailed: the services do not run, and the same command goes on.
        OnlyNoBackup: everything is done but the new backup.

    """
    point, lists = _first_look(place, time, now=now, say=say)
    place.stop_services()
    try:
        place.recover(point)
    except StepFailed as failed:
        place.start_services()
        raise Refused(str(failed)) from failed
    place.swap()
    _settle(place, lists, restored_to=time or now, say=say)
    place.start_services()
    say("Mails that may have gone out are held: decide at /notifications/mails/held")
    try:
        back_up(place, say=say)
    except StepFailed as failed:
        raise OnlyNoBackup(str(failed)) from failed


def _first_look(
    place: Place, time: datetime | None, *, now: datetime, say: Say
) -> tuple[Point, Sequence[str]]:
    """Where to restore from, and who is erased; nothing is changed yet."""
    try:
        point = point_at(time, place.bases(), now=now)
        say(f"Restoring {'the latest state' if time is None else told(time)}, from {point.base}.")
        return point, _last_look(place, say=say)
    except StepFailed as failed:
        raise Refused(str(failed)) from failed


def _last_look(place: Place, *, say: Say) -> Sequence[str]:
    """A server that still runs can be restored to this moment later, should this be wrong."""
    try:
        place.flush()
    except StepFailed:
        say("The database does not answer: what it archived last is its end.")
    return place.erasures()


def _settle(place: Place, lists: Sequence[str], *, restored_to: datetime, say: Say) -> None:
    for service in SERVICES:
        place.run(service, "migrate")
    for erased in lists:
        say(place.run("listings", "erase", "reapply", "/dev/stdin", given=erased).strip())
    for service in SERVICES:
        place.run(service, "restored", "--to", f"{restored_to:%Y-%m-%dT%H:%M:%S}")
    for service in SERVICES:
        say(f"{service}: {place.run(service, 'catch-up').strip().splitlines()[-1]}")
