"""Settings that every service has; each service adds its own under one prefix."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from chassis.setting_values import (
    Address,
    Brokers,
    DatabaseUrl,
    Folders,
    KeyList,
    LogLevel,
    Networks,
    Origin,
    OwnAddress,
    TimeZone,
    Uri,
)
from chassis.signing import LinkSigner, SessionVerifier, UnusableKey, keys_in

SECRETS_DIRECTORY = "/run/secrets"
PREFIX_OF_ALL = "SERVICES_"
"""Of variables that all services of an installation read; one of a service's own counts before."""


def secrets_directory() -> Path:
    return Path(os.environ.get("SECRETS_DIRECTORY", SECRETS_DIRECTORY))


class ServiceSettings(BaseSettings):
    """Read from the environment (``<PREFIX>_DATABASE_URL``) and from files in ``/run/secrets``.

    A file has its variable's name in lower case; the variable wins where both are given, and one
    that is empty is not given. What is the same for all services may be said once, as
    ``SERVICES_LOG_LEVEL``. Where secrets lie in another folder, the variable
    ``SECRETS_DIRECTORY`` names it.

    ``topic_replication`` and ``topic_min_insync`` are what provisioning was told; ``doctor``
    compares. ``form_key`` is one list for all services of an origin, whose pages share a header
    with forms; ``cluster_uri`` names this installation in every event (``ce_source``) and never
    changes; ``public_url`` is the origin that people's browsers see; the addresses beside it stand
    at the foot of every page. ``behind_gateway`` says that whoever connects is the gateway, whose
    word about the visitor counts; ``trusted_proxies`` are those before it. Less free disk than
    ``disk_free_percent`` is an alarm, on the system's disk and on those of ``disk_folders``; less
    than ``disk_start_mebibytes`` keeps migrations. Keys are lists for rotation: the first signs,
    all verify.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    database_url: DatabaseUrl
    kafka_bootstrap: Brokers = "localhost:9092"
    topic_replication: int = Field(default=1, ge=1)
    topic_min_insync: int = Field(default=1, ge=1)
    cluster_uri: Uri = "https://cluster.example"
    public_url: Origin = "http://localhost:8000"
    imprint_url: Address = ""
    data_protection_url: Address = ""
    accessibility_url: Address = ""
    attribution_url: Address = ""
    time_zone: TimeZone = "Europe/Berlin"
    host: OwnAddress = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    behind_gateway: bool = False
    trusted_proxies: Networks = ""
    session_public_keys: tuple[KeyList, ...] = ()
    link_keys: dict[str, tuple[KeyList, ...]] = {}
    form_key: KeyList
    allow_time_travel: bool = False
    log_level: LogLevel = "INFO"
    sweep_seconds: float = Field(default=60.0, gt=0)
    disk_folders: Folders = ""
    disk_free_percent: int = Field(default=10, ge=0, le=90)
    disk_start_mebibytes: int = Field(default=256, ge=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the framework names it
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=secrets_directory(), secrets_dir_missing="ok"
        )
        of_all = EnvSettingsSource(settings_cls, env_prefix=PREFIX_OF_ALL)
        return init_settings, env_settings, of_all, secrets

    def session_verifier(self) -> SessionVerifier:
        """Knows nobody where no public key is given."""
        if not self.session_public_keys:
            return SessionVerifier(())
        return SessionVerifier.from_text("\n".join(self.session_public_keys))

    def link_signer(self, purpose: str) -> LinkSigner:
        """Mints and verifies links of one purpose; raises `UnusableKey` where it has no key."""
        keys = "\n".join(self.link_keys.get(purpose, ()))
        if not keys:
            name = f"{self.model_config.get('env_prefix', '')}LINK_KEYS"
            msg = f"the setting {name} has none for “{purpose}”"
            raise UnusableKey(msg)
        return LinkSigner.from_text(purpose, keys)

    def form_token_keys(self) -> tuple[bytes, ...]:
        return keys_in(self.form_key)

    @property
    def schemas_url(self) -> str:
        return f"{self.public_url}/schemas"
