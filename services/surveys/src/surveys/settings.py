"""Settings of this service, from ``SURVEYS_…`` and from files in ``/run/secrets``."""

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings


class SurveysSettings(ServiceSettings):
    """Nothing of its own yet."""

    model_config = SettingsConfigDict(env_prefix="SURVEYS_", frozen=True, extra="ignore")
