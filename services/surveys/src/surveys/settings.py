"""Settings of this service, from ``SURVEYS_…`` and from files in ``/run/secrets``."""

from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.setting_values import TimeZone
from chassis.settings import PREFIX_OF_ALL, ServiceSettings

PREFIX = "SURVEYS_"


class SurveysSettings(ServiceSettings):
    """Nothing of its own yet."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")


class LocalTime(BaseSettings):
    """The site's ``TIME_ZONE`` as the pages show it; sweeps read it when they run."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    time_zone: TimeZone = Field(
        default="Europe/Berlin",
        validation_alias=AliasChoices(f"{PREFIX}TIME_ZONE", f"{PREFIX_OF_ALL}TIME_ZONE"),
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
