"""The last days that a text names: what they say once they have passed; pure."""

from datetime import UTC, date, datetime, time

from listings.listing.freshness import CONFIRMATION_INTERVAL
from listings.listing.local_time import zone
from schemas.listing import ListingContent


class DayPassed(Exception):
    """A last day of the text has passed."""


class ValidityPassed(DayPassed):
    """The text was valid until a day that has passed."""


class NeedPassed(DayPassed):
    """It was needed until a day that has passed; only its owner can name another one."""


def day_of(at: datetime) -> date:
    return at.astimezone(zone()).date()


def last_moment_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), zone()).astimezone(UTC)


def end_of_use(content: ListingContent) -> datetime:
    """From when on nobody has any use of an answer."""
    if content.needed_by is None:
        return content.valid_until
    return min(content.valid_until, last_moment_of(content.needed_by))


def is_validity_over(content: ListingContent, *, at: datetime) -> bool:
    return content.valid_until < at


def is_need_over(content: ListingContent, *, at: datetime) -> bool:
    return content.needed_by is not None and content.needed_by < day_of(at)


def passed_days(content: ListingContent, *, at: datetime) -> tuple[str, ...]:
    """The fields of those that have passed."""
    over = {
        "needed_by": is_need_over(content, at=at),
        "valid_until": is_validity_over(content, at=at),
    }
    return tuple(name for name, is_over in over.items() if is_over)


def refuse_passed(content: ListingContent, *, at: datetime) -> None:
    """Whoever submits a text says that its days are still to come."""
    if is_need_over(content, at=at):
        raise NeedPassed
    if is_validity_over(content, at=at):
        raise ValidityPassed


def prolonged(content: ListingContent, *, at: datetime) -> ListingContent:
    """The text, valid at least until its owner is asked, if its last day passed while it waited."""
    if is_need_over(content, at=at):
        raise NeedPassed
    if not is_validity_over(content, at=at):
        return content
    return content.model_copy(update={"valid_until": at + CONFIRMATION_INTERVAL})
