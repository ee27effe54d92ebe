"""What a yes brings along: an offer draft and a message, made from the request and the note."""

from datetime import datetime, timedelta
from functools import cache

from chassis.web.translation import Catalogue, mark
from listings.listing.days import day_of, last_moment_of
from listings.listing.forms import VALID_DAYS
from schemas.listing import ListingContent
from schemas.request import EnquiryAnswered
from schemas.vocabulary import ListingKind, Visibility

TITLE = mark("Angebot zu: {title}")
MESSAGE = mark(
    "Die Vermittlung der Kooperationsbörse hat uns nach Ihrem Gesuch gefragt. Wir haben Ja gesagt "
    "und möchten mit Ihnen sprechen."
)
LONGEST_TITLE = 120


def offer_prefilled(event: EnquiryAnswered, request: ListingContent) -> ListingContent:
    """An offer of the same kind of cooperation, seen by nobody who may not see the request."""
    is_internal = request.visibility is Visibility.CLUSTER
    title = _words().sentence(request.language.value, TITLE, {"title": request.title})
    return ListingContent(
        kind=ListingKind.OFFER,
        cooperation=request.cooperation,
        title=title[:LONGEST_TITLE],
        description=event.note,
        category=event.category,
        valid_until=_last_moment(event.occurred_at),
        language=request.language,
        visibility=Visibility.CLUSTER if is_internal else Visibility.PUBLIC,
    )


def message_prefilled(event: EnquiryAnswered, request: ListingContent) -> str:
    """In the language of the request, so that its owner can read it."""
    said = _words().sentence(request.language.value, MESSAGE, {})
    return f"{said}\n\n{event.note}" if event.note else said


@cache
def _words() -> Catalogue:
    return Catalogue("listings")


def _last_moment(now: datetime) -> datetime:
    last_day = day_of(now) + timedelta(days=VALID_DAYS)
    return last_moment_of(last_day)
