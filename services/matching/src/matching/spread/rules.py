"""How proposals are spread over organisations and time: ``MATCHING_…``, read when rules apply."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SpreadRules(BaseSettings):
    """Each number is a setting; the figures behind the defaults come from ``bench/spread.py``."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHING_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    offers_of_one_organisation: int = Field(default=2, ge=1)
    """So many offers of one organisation stand before one request; strong ones wait for strong."""

    weekly_proposals: int = Field(default=10, ge=1)
    """So many unanswered proposals of seven days an organisation has to look at."""

    wave: int = Field(default=3, ge=1)
    """So many counterparts may enquire about one listing at once."""

    wave_days: float = Field(default=3.0, gt=0)
    """After so long an open proposal makes room for the next."""

    exposure_days: float = Field(default=28.0, gt=0)
    """The window in which an organisation's proposals count as its exposure."""

    exposure_free: float = Field(default=3.0, ge=1)
    """Up to so many proposals in the window nobody is asked for more."""

    exposure_step: float = Field(default=0.3, ge=0)
    """Deviations of D that every doubling of the usual exposure costs."""

    exposure_most: float = Field(default=1.2, ge=0)
    """The penalty never grows beyond this."""

    @property
    def wave_lasts(self) -> timedelta:
        return timedelta(days=self.wave_days)

    @property
    def exposure_window(self) -> timedelta:
        return timedelta(days=self.exposure_days)
