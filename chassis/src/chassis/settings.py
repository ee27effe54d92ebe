"""Settings that every service has; each service adds its own under one prefix."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from chassis.signing import LinkSigner, SessionVerifier, keys_in

SECRETS_DIRECTORY = "/run/secrets"


def secrets_directory() -> Path:
    return Path(os.environ.get("SECRETS_DIRECTORY", SECRETS_DIRECTORY))


class ServiceSettings(BaseSettings):
    """Read from the environment (``<PREFIX>_DATABASE_URL``) and from files in ``/run/secrets``.

    A file has its variable's name in lower case; the variable wins where both are given. Where
    secrets lie in another folder, the variable ``SECRETS_DIRECTORY`` names it.

    ``form_key`` is one secret for all services of an origin, whose pages share a header with
    forms; ``cluster_uri`` names this installation in every event (``ce_source``) and never changes;
    ``public_url`` is the origin that people's browsers see. Keys are lists for rotation: the
    first signs, all verify.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    database_url: str
    kafka_bootstrap: str = "localhost:9092"
    cluster_uri: str = "https://cluster.example"
    public_url: str = "http://localhost:8000"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    session_public_keys: tuple[str, ...] = ()
    link_keys: dict[str, tuple[str, ...]] = {}
    form_key: str
    allow_time_travel: bool = False
    log_level: str = "INFO"
    sweep_seconds: float = Field(default=60.0, gt=0)
    migrations: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the framework names it
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=secrets_directory(), secrets_dir_missing="ok"
        )
        return init_settings, env_settings, secrets

    def session_verifier(self) -> SessionVerifier:
        """Knows nobody where no public key is given."""
        if not self.session_public_keys:
            return SessionVerifier(())
        return SessionVerifier.from_text("\n".join(self.session_public_keys))

    def link_signer(self, purpose: str) -> LinkSigner:
        """Mints and verifies links of one purpose; raises `UnusableKey` where it has no key."""
        return LinkSigner.from_text(purpose, "\n".join(self.link_keys.get(purpose, ())))

    def form_token_key(self) -> bytes:
        return keys_in(self.form_key)[0]

    @property
    def schemas_url(self) -> str:
        return f"{self.public_url}/schemas"
