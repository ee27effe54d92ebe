"""A period of whole local days, both ends included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from chassis.web.refusal import Refusal, refuse
from chassis.web.translation import mark

DEFAULT_DAYS = 31
EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)

ENDS_BEFORE_IT_BEGINS = Refusal(
    detail=mark("„{label}“ liegt vor dem ersten Tag."),
    remedy=mark("Wählen Sie einen letzten Tag, der nicht vor dem ersten liegt."),
)

Day = Annotated[date, Field(ge=EARLIEST, le=LATEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    since: date
    until: date

    @classmethod
    def last_days(cls, days: int, *, today: date) -> Self:
        return cls(since=today - timedelta(days=days - 1), until=today)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment inside and the first one after."""
        return (
            datetime.combine(self.since, time(), zone),
            datetime.combine(self.until + timedelta(days=1), time(), zone),
        )


class PeriodForm(BaseModel):
    """The two days as a reader chooses them; each may stay open."""

    since: Day | None = Field(default=None, title="Erster Tag")
    until: Day | None = Field(default=None, title="Letzter Tag")

    @field_validator("until")
    @classmethod
    def not_before_since(cls, until: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("since")
        if since is not None and until is not None and until < since:
            raise refuse(ENDS_BEFORE_IT_BEGINS)
        return until

    def period(self, *, today: date, first_day: date) -> Period:
        """Nothing chosen means the last 31 days, an open end the first fact or today."""
        if self.since is None and self.until is None:
            return Period.last_days(DEFAULT_DAYS, today=today)
        until = self.until or max(today, self.since or today)
        return Period(since=self.since or min(first_day, until), until=until)
