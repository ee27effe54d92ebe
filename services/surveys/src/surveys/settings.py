"""Settings of this service, from ``SURVEYS_…`` and from files in ``/run/secrets``."""

import hmac

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from chassis.web.site import Site
from schemas.links import LinkPurpose
from surveys.site import DEFAULT_SITE


class SurveysSettings(ServiceSettings):
    """``form_key`` is one secret for all services behind one origin.

    Without it forms are protected by a key derived from the newest key of the outcome links.
    """

    model_config = SettingsConfigDict(env_prefix="SURVEYS_", frozen=True, extra="ignore")

    site: Site = DEFAULT_SITE
    form_key: str = ""

    @property
    def outcome_keys(self) -> str:
        """The keys of the outcome links as a key list, newest first."""
        return "\n".join(self.link_keys.get(LinkPurpose.OUTCOME, ()))

    @property
    def form_secret(self) -> bytes:
        if self.form_key:
            return self.form_key.encode()
        newest = self.outcome_keys.partition("\n")[0].encode()
        return hmac.digest(newest, b"surveys forms", "sha256")
