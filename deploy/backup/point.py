"""What can be restored: a rule over the times of backups; everything else is refused in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

BASE_NAME = "%Y-%m-%dT%H:%M:%S.%fZ"


class Refused(Exception):
    """Why nothing was changed, in one sentence with its remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A base backup, and the time up to which the log is read on from it; None is its end."""

    base: str
    time: datetime | None


def moment(text: str) -> datetime | None:
    """The time an operator typed, in UTC unless it says otherwise; none for the latest."""
    if not text:
        return None
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"TO={text} is no time: write it as 2026-11-20T12:00, in UTC.") from None
    return typed.replace(tzinfo=UTC) if typed.tzinfo is None else typed.astimezone(UTC)


def point_at(time: datetime | None, bases: Sequence[str], *, now: datetime) -> Point:
    """The newest base backup from before the time."""
    if time is not None and time > now:
        raise Refused(f"TO={told(time)} lies in the future: it is {told(now)} now.")
    if not bases:
        raise Refused("There is no backup yet: run make backup.")
    fitting = [base for base in sorted(bases) if time is None or taken_at(base) <= time]
    if not fitting:
        oldest = told(taken_at(min(bases)))
        raise Refused(f"The oldest backup is of {oldest}: nothing before it can be restored.")
    return Point(base=fitting[-1], time=time)


def taken_at(base: str) -> datetime:
    return datetime.strptime(base, BASE_NAME).replace(tzinfo=UTC)


def told(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
