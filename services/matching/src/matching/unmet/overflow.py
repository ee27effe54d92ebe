"""When partner clusters are asked about a request, and until when: never beyond its own end."""

from datetime import UTC, datetime, time, timedelta

from matching.unmet.patience import Patience
from matching.unmet.unmet_request import UnmetRequest
from schemas.listing import ListingContent
from schemas.vocabulary import Visibility

LAST_MINUTE = time(23, 59)


def deadline_of(request: ListingContent, patience: Patience, *, now: datetime) -> datetime | None:
    """The end of the last day that is of use; None where that is over already."""
    zone = patience.zone
    last_day = now.astimezone(zone).date() + timedelta(days=patience.overflow_days)
    if request.needed_by is not None:
        last_day = min(last_day, request.needed_by)
    end = datetime.combine(last_day, LAST_MINUTE, zone).astimezone(UTC)
    deadline = min(end, request.valid_until)
    return deadline if deadline > now else None


def planned_for(
    unmet: UnmetRequest, request: ListingContent, patience: Patience, *, now: datetime
) -> datetime | None:
    """The moment at which partner clusters are asked if nobody is found before; None for never."""
    if not request.may_overflow or request.visibility is Visibility.CLUSTER:
        return None
    if unmet.somebody_agreed:
        return None
    moment = max((unmet.told_at or now) + patience.overflow_after, now)
    in_time = deadline_of(request, patience, now=moment)
    return None if unmet.overflowed_at or in_time is None else moment
