"""How long a listing counts as fresh: a pure rule over times; silence ends it, never at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRMATION_INTERVAL = timedelta(days=30)
WEEK_BEFORE = timedelta(days=7)
DAY_BEFORE = timedelta(days=1)
NOTICE = timedelta(hours=24)
SHORT_LIVED = timedelta(days=14)
"""Who confirmed for less than this is not asked a week ahead."""
SAID_OUTDATED = timedelta(days=3)
"""How long the owner has to answer after somebody said that the listing is outdated."""


class Asked(StrEnum):
    """Why the owner is asked whether a listing is still valid."""

    WEEK_BEFORE = "week-before"
    DAY_BEFORE = "day-before"
    SAID_OUTDATED = "said-outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Since when a listing is confirmed, until when that counts, and the latest reminder."""

    confirmed_at: datetime
    confirm_by: datetime
    asked: Asked | None = None
    asked_at: datetime | None = None

    @classmethod
    def confirmed(cls, at: datetime, *, valid_until: datetime) -> "Freshness":
        return cls(confirmed_at=at, confirm_by=min(valid_until, at + CONFIRMATION_INTERVAL))

    def reminder_due(self, now: datetime) -> Asked | None:
        if now >= self.confirm_by - DAY_BEFORE:
            return None if self._was_asked(since=self.confirm_by - DAY_BEFORE) else Asked.DAY_BEFORE
        is_long = self.confirm_by - self.confirmed_at > SHORT_LIVED
        if is_long and now >= self.confirm_by - WEEK_BEFORE and self.asked is None:
            return Asked.WEEK_BEFORE
        return None

    def has_expired(self, now: datetime) -> bool:
        """Missed, and the last reminder went out at least 24 hours ago."""
        if now < self.confirm_by or self.reminder_due(now) is not None or self.asked_at is None:
            return False
        return now >= self.asked_at + NOTICE

    def reminded(self, asked: Asked, *, at: datetime) -> "Freshness":
        return Freshness(
            confirmed_at=self.confirmed_at, confirm_by=self.confirm_by, asked=asked, asked_at=at
        )

    def doubted(self, *, at: datetime) -> "Freshness":
        """Somebody said that the listing is outdated: the owner must answer soon."""
        return Freshness(
            confirmed_at=self.confirmed_at,
            confirm_by=min(self.confirm_by, at + SAID_OUTDATED),
            asked=Asked.SAID_OUTDATED,
            asked_at=at,
        )

    def _was_asked(self, *, since: datetime) -> bool:
        return self.asked_at is not None and self.asked_at >= since
