"""How long a request waits for a strong proposal; a sweep reads it when it runs."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Patience(BaseSettings):
    """``MATCHING_UNMET_AFTER_HOURS``."""

    model_config = SettingsConfigDict(env_prefix="MATCHING_", frozen=True, extra="ignore")

    unmet_after_hours: float = Field(default=24.0, gt=0)

    @property
    def unmet_after(self) -> timedelta:
        return timedelta(hours=self.unmet_after_hours)
