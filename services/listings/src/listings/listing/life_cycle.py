"""The life cycle of a listing as one table: what may be done in which status, and what follows."""

from enum import StrEnum

from schemas.vocabulary import ListingStatus


class Act(StrEnum):
    SUBMIT = "submit"
    PUBLISH = "publish"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


class NotPossibleNow(Exception):
    """The listing's status does not allow this."""

    def __init__(self, status: ListingStatus, act: Act) -> None:
        super().__init__(f"{act} is not possible while {status}")
        self.status = status
        self.act = act


TRANSITIONS = {
    (ListingStatus.DRAFT, Act.SUBMIT): ListingStatus.SUBMITTED,
    (ListingStatus.DRAFT, Act.PUBLISH): ListingStatus.PUBLISHED,
    (ListingStatus.DRAFT, Act.CLOSE): ListingStatus.CLOSED,
    (ListingStatus.SUBMITTED, Act.PUBLISH): ListingStatus.PUBLISHED,
    (ListingStatus.SUBMITTED, Act.REJECT): ListingStatus.REJECTED,
    (ListingStatus.SUBMITTED, Act.CLOSE): ListingStatus.CLOSED,
    (ListingStatus.REJECTED, Act.SUBMIT): ListingStatus.SUBMITTED,
    (ListingStatus.REJECTED, Act.CLOSE): ListingStatus.CLOSED,
    (ListingStatus.PUBLISHED, Act.PAUSE): ListingStatus.PAUSED,
    (ListingStatus.PUBLISHED, Act.CLOSE): ListingStatus.CLOSED,
    (ListingStatus.PAUSED, Act.RESUME): ListingStatus.PUBLISHED,
    (ListingStatus.PAUSED, Act.CLOSE): ListingStatus.CLOSED,
}
LIVE = frozenset({ListingStatus.PUBLISHED, ListingStatus.PAUSED})
"""Published once and not closed: known to the other services."""


def status_after(status: ListingStatus, act: Act) -> ListingStatus:
    """Where an act leads; raises `NotPossibleNow` where the table has no such row."""
    following = TRANSITIONS.get((status, act))
    if following is None:
        raise NotPossibleNow(status, act)
    return following


def may(status: ListingStatus, act: Act) -> bool:
    return (status, act) in TRANSITIONS
