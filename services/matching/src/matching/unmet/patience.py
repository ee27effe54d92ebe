"""How long a request waits for a proposal, then for its brokers; sweeps read it when they run."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Patience(BaseSettings):
    """``MATCHING_UNMET_AFTER_HOURS``, then ``MATCHING_OVERFLOW_AFTER_HOURS`` for the brokers.

    Partner clusters have ``MATCHING_OVERFLOW_DAYS`` to answer.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHING_", frozen=True, extra="ignore")

    unmet_after_hours: float = Field(default=24.0, gt=0)
    overflow_after_hours: float = Field(default=72.0, ge=0, le=8760)
    overflow_days: int = Field(default=14, ge=1, le=365)

    @property
    def unmet_after(self) -> timedelta:
        return timedelta(hours=self.unmet_after_hours)

    @property
    def overflow_after(self) -> timedelta:
        return timedelta(hours=self.overflow_after_hours)
