"""A digest: what a reader has to be told of one kind within a period, in one mail.

Its key is recipient and period. Periods follow each other without a gap and are the same for all.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from notifications.mail import KEYS


class Rhythm(BaseSettings):
    """``NOTIFICATIONS_DIGEST_MINUTES``: for how long what can wait is collected."""

    model_config = SettingsConfigDict(
        env_prefix="NOTIFICATIONS_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    digest_minutes: int = Field(default=240, ge=1, le=1440)

    @property
    def period(self) -> timedelta:
        return timedelta(minutes=self.digest_minutes)

    def period_end(self, now: datetime) -> datetime:
        """When the period that is running ends, and its digest goes out."""
        seconds = int(self.period.total_seconds())
        begun = int(now.timestamp()) // seconds
        return datetime.fromtimestamp((begun + 1) * seconds, UTC)


def digest_id(template: str, member_id: UUID, *, period_end: datetime) -> UUID:
    return uuid5(KEYS, f"{template}|{member_id}|{period_end.isoformat()}")
