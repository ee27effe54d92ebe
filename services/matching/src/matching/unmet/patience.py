"""How long a request waits for a proposal, then for its brokers; sweeps read it when they run."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.setting_values import TimeZone
from chassis.settings import PREFIX_OF_ALL

PREFIX = "MATCHING_"


class Patience(BaseSettings):
    """``MATCHING_UNMET_AFTER_HOURS``, then ``MATCHING_OVERFLOW_AFTER_HOURS`` for the brokers.

    Partner clusters have ``MATCHING_OVERFLOW_DAYS`` to answer.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True
    )

    unmet_after_hours: float = Field(default=24.0, gt=0)
    overflow_after_hours: float = Field(default=72.0, ge=0, le=8760)
    overflow_days: int = Field(default=14, ge=1, le=365)

    time_zone: TimeZone = Field(
        default="Europe/Berlin",
        validation_alias=AliasChoices(f"{PREFIX}TIME_ZONE", f"{PREFIX_OF_ALL}TIME_ZONE"),
    )
    """Where the partners' last day ends, as the pages show it."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def unmet_after(self) -> timedelta:
        return timedelta(hours=self.unmet_after_hours)

    @property
    def overflow_after(self) -> timedelta:
        return timedelta(hours=self.overflow_after_hours)
