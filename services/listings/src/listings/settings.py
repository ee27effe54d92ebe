"""Settings of the listings service, read from the environment under one prefix."""

import hmac
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.setting_values import KeyList
from chassis.settings import ServiceSettings
from chassis.signing import (
    ForgedToken,
    SessionSigner,
    SessionVerifier,
    UnusableKey,
    keys_in,
)
from listings.categories import categories_in

DEFAULT_CATEGORIES = Path(__file__).parents[4] / "deploy" / "categories" / "default.yaml"


class ListingsSettings(ServiceSettings):
    """``session_private_key`` signs sessions; only this service holds it.

    ``appeal_to`` is where whoever disagrees with a moderator may turn to; ``contacts_a_day``
    bounds how many messages one organisation sends. ``erasure_key`` is a list of keys: the first
    hashes whom the erasure list remembers, all recognise them; without it, it follows the list of
    session keys.
    """

    model_config = SettingsConfigDict(
        env_prefix="LISTINGS_", frozen=True, extra="ignore", secrets_dir=None
    )

    session_private_key: KeyList
    erasure_key: KeyList | None = None
    categories: Path = DEFAULT_CATEGORIES
    appeal_to: str = "beschwerde@cluster.example"
    contacts_a_day: int = Field(default=20, ge=1)

    @field_validator("session_private_key")
    @classmethod
    def _what_it_signs_is_believed(cls, value: str, known: ValidationInfo) -> str:
        public = "\n".join(known.data.get("session_public_keys", ()))
        try:
            SessionVerifier.from_text(public).verify(SessionSigner.from_text(value).sign(b""))
        except (ForgedToken, UnusableKey):
            raise ValueError(
                "its public half is not in LISTINGS_SESSION_PUBLIC_KEYS, so that nobody could sign"
                ' in; with compose: make secrets ARGS="--rotate session"'
            ) from None
        return value

    @field_validator("categories")
    @classmethod
    def _categories_can_be_read(cls, value: Path) -> Path:
        try:
            categories_in(value)
        except (OSError, UnicodeError, yaml.YAMLError, ValidationError):
            raise ValueError(
                "it must name a readable file like deploy/categories/default.yaml"
            ) from None
        return value

    def session_signer(self) -> SessionSigner:
        return SessionSigner.from_text(self.session_private_key)

    def key_for(self, purpose: str) -> bytes:
        """A key of this service alone, for names that tell nothing: of rate limits, of browsers."""
        return _derived(keys_in(self.session_private_key)[0], purpose)

    def erasure_keys(self) -> tuple[bytes, ...]:
        """The first makes new traces of whoever is erased, all of them recognise old ones."""
        if self.erasure_key:
            return keys_in(self.erasure_key)
        return tuple(_derived(key, "erasure list") for key in keys_in(self.session_private_key))


def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"listings\0{purpose}".encode(), "sha256")
