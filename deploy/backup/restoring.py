"""A restore step by step: until the swap nothing is changed, after it every step may be repeated.

Whatever the exchange said after the restored time is on Kafka still. Every service reads it again
before it does anything new, and mails that may have gone out are held.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from point import Point, Refused, point_at, told

SERVICES = ("listings", "matching", "surveys", "notifications")
"""In the order in which they catch up: the owner of the states first, the sender of mails last."""

Say = Callable[[str], None]


class StepFailed(Exception):
    """A step's own words for what was wrong."""


class NotRunning(StepFailed):
    """The database server does not run, or takes nobody in."""


class OnlyNoBackup(Exception):
    """The exchange is restored and runs; why there is no new backup of it."""


class Place(Protocol):
    """Where an exchange runs; each step raises `StepFailed`."""

    def bases(self) -> Sequence[str]:
        """The names of the base backups."""

    def take(self) -> str:
        """Take a base backup; its name."""

    def flush(self) -> None:
        """Archive all that is committed; raises `NotRunning` where there is no server to ask."""

    def kept_erasures(self) -> str:
        """The erasure list beside the backups; empty if there is none."""

    def keep_erasures(self, erased: str) -> None:
        """Replace the erasure list beside the backups."""

    def recover(self, point: Point) -> None:
        """Recover the server beside what is there."""

    def swap(self) -> None:
        """Put what was recovered in the place of what is there, and run it."""

    def services_run(self) -> bool:
        """Whether any of the services does."""

    def stop_services(self) -> None: ...

    def start_services(self) -> None: ...

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        """A command of a service that does not run; ``given`` is its standard input."""


def back_up(place: Place, *, say: Say) -> None:
    base = place.take()
    _keep_erasures(place, place.run("listings", "erase", "list"))
    say(f"Backup of {base} taken and verified; every moment from then on can be restored.")


def restore(place: Place, time: datetime | None, *, now: datetime, say: Say) -> None:
    """Bring the exchange back to a time, by default to the end of what is archived.

    Raises:
        Refused: nothing was changed.
        StepFailed: the services do not run, and the same command goes on.
        OnlyNoBackup: everything is done but the new backup.

    """
    look = _first_look(place, time, now=now, say=say)
    say("The services stop, and the server is recovered beside the one that is there ...")
    place.stop_services()
    try:
        if look.server_ran:
            # What was written since the first look.
            place.flush()
        place.recover(look.point)
    except StepFailed as failed:
        if not look.services_ran:
            # An earlier run may have stopped between the swap and the end: nobody may use that.
            raise
        place.start_services()
        raise Refused(str(failed)) from failed
    say("It is whole and takes the other's place ...")
    place.swap()
    _settle(place, look.erased, restored_to=time or now, say=say)
    say("The services start ...")
    place.start_services()
    say("Mails that may have gone out are held: decide at /notifications/mails/held")
    try:
        back_up(place, say=say)
    except StepFailed as failed:
        raise OnlyNoBackup(str(failed)) from failed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What was there before anything was changed, and where to restore from."""

    point: Point
    server_ran: bool
    erased: str
    services_ran: bool


def _first_look(place: Place, time: datetime | None, *, now: datetime, say: Say) -> _Look:
    try:
        point = point_at(time, place.bases(), now=now)
        say(f"Restoring {'the latest state' if time is None else told(time)} ...")
        return _Look(
            point=point,
            server_ran=_flushed(place, say=say),
            erased=_keep_erasures(place, _listed(place)),
            services_ran=place.services_run(),
        )
    except StepFailed as failed:
        raise Refused(str(failed)) from failed


def _flushed(place: Place, *, say: Say) -> bool:
    """A server that still runs can be restored to this moment later, should this be wrong.

    One that runs and does not archive would lose what is not in the archive: nothing goes on then.
    """
    try:
        place.flush()
    except NotRunning:
        say("The database does not answer: what it archived last is its end.")
        return False
    return True


def _listed(place: Place) -> str:
    """A database that is lost has no list any more; Kafka still knows who is gone."""
    try:
        return place.run("listings", "erase", "list")
    except StepFailed:
        return ""


def _keep_erasures(place: Place, listed: str) -> str:
    """Whoever was ever on a list stays on the one beside the backups; all of it."""
    kept = place.kept_erasures()
    erased = _united(kept, listed)
    if erased != kept:
        place.keep_erasures(erased)
    return erased


def _united(*lists: str) -> str:
    """The lines of all lists, each once and under one header."""
    lines = dict.fromkeys(line for erased in lists for line in erased.splitlines())
    return "".join(f"{line}\n" for line in lines)


def _settle(place: Place, erased: str, *, restored_to: datetime, say: Say) -> None:
    say("The databases follow to the schemas of this version ...")
    for service in SERVICES:
        place.run(service, "migrate")
    if erased:
        say(place.run("listings", "erase", "reapply", "/dev/stdin", given=erased).strip())
    say("Every service reads again what Kafka told since then ...")
    for service in SERVICES:
        place.run(service, "restored", "--to", f"{restored_to:%Y-%m-%dT%H:%M:%S}")
    for service in SERVICES:
        say(f"{service}: {place.run(service, 'catch-up').strip().splitlines()[-1]}")
