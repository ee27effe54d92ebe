"""Settings of this service, from ``SURVEYS_…`` and from files in ``/run/secrets``."""

import hmac

from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from chassis.signing import LinkSigner, SessionVerifier, keys_in
from schemas.links import LinkPurpose


class SurveysSettings(ServiceSettings):
    """Nothing of its own yet: the keys of outcome links and forms come from ``link_keys``."""

    model_config = SettingsConfigDict(env_prefix="SURVEYS_", frozen=True, extra="ignore")

    def session_verifier(self) -> SessionVerifier:
        if not self.session_public_keys:
            return SessionVerifier(())
        return SessionVerifier.from_text("\n".join(self.session_public_keys))

    def outcome_signer(self) -> LinkSigner:
        return LinkSigner.from_text(LinkPurpose.OUTCOME, self._outcome_keys)

    def form_key(self) -> bytes:
        """A key of this service alone, the same in all its replicas."""
        return hmac.digest(keys_in(self._outcome_keys)[0], b"surveys\0forms", "sha256")

    @property
    def _outcome_keys(self) -> str:
        return "\n".join(self.link_keys.get(LinkPurpose.OUTCOME, ()))
