"""Settings of this service, from ``MATCHING_…`` and from files in ``/run/secrets``."""

import hmac
from dataclasses import replace
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from chassis.signing import LinkSigner, SessionVerifier, keys_in
from matching.engine import Engine
from matching.model import default_directory
from matching.weights import UNJOINED_THRESHOLDS, Thresholds
from schemas.links import LinkPurpose


class MatchingSettings(ServiceSettings):
    """``threshold`` is the score from which a pair is proposed, in place of the measured one."""

    model_config = SettingsConfigDict(env_prefix="MATCHING_", frozen=True, extra="ignore")

    model_dir: Path = Field(default_factory=default_directory)
    threshold: float | None = None

    def load_engine(self) -> Engine:
        return replace(Engine.load(self.model_dir), thresholds=self.thresholds)

    @property
    def thresholds(self) -> Thresholds:
        if self.threshold is None:
            return UNJOINED_THRESHOLDS
        strong = max(self.threshold, UNJOINED_THRESHOLDS.strong)
        return Thresholds(possible=self.threshold, strong=strong)

    def session_verifier(self) -> SessionVerifier:
        if not self.session_public_keys:
            return SessionVerifier(())
        return SessionVerifier.from_text("\n".join(self.session_public_keys))

    def link_signer(self, purpose: LinkPurpose) -> LinkSigner:
        return LinkSigner.from_text(purpose, self._keys(purpose))

    def form_key(self) -> bytes:
        """A key of this service alone, the same in all its replicas."""
        newest = keys_in(self._keys(LinkPurpose.PROPOSAL))[0]
        return hmac.digest(newest, b"matching\0forms", "sha256")

    def _keys(self, purpose: LinkPurpose) -> str:
        return "\n".join(self.link_keys.get(purpose, ()))
