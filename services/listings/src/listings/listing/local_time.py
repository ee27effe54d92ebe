"""The site's ``TIME_ZONE``, in which days begin and end: read once, as the pages show them."""

from functools import cache
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from chassis.setting_values import TimeZone
from chassis.settings import PREFIX_OF_ALL

PREFIX = "LISTINGS_"


class LocalTime(BaseSettings):
    """Rules deep in a listing ask for the day; none of them carries the settings along."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    time_zone: TimeZone = Field(
        default="Europe/Berlin",
        validation_alias=AliasChoices(f"{PREFIX}TIME_ZONE", f"{PREFIX_OF_ALL}TIME_ZONE"),
    )


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(LocalTime().time_zone)
