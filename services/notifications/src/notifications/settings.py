"""Settings of the notifications service, read from the environment under one prefix."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from chassis.setting_values import Host, Line, MailAddress
from chassis.settings import ServiceSettings
from notifications.digest import Rhythm
from notifications.mail import wire_address

SECONDS_TO_SETTLE = 5


def _told_to_servers(address: str) -> str:
    wired = wire_address(address)
    if not wired.isascii():
        raise ValueError("before the @ only letters without accents can stand")
    return wired


OwnAddress = Annotated[MailAddress, AfterValidator(_told_to_servers)]
"""One of ours, as mail servers are told it: what they refuse there looks like a dead reader's."""


class NotificationsSettings(ServiceSettings, Rhythm):
    """Where mail goes, who it is from, and how fast it may go.

    ``bounce_address`` is the envelope sender; the mail's id is put behind a plus sign, so that a
    bounce says which mail it is about. ``reconcile_url`` answers 200 for a ``{message_id}`` the
    mail server took over and 404 for one it never saw. What consumers read by themselves is a
    field here too, so that a start refuses what they could not use.
    """

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_", frozen=True, extra="ignore")

    smtp_host: Host = "localhost"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_connect_seconds: float = Field(default=5, gt=0)
    smtp_command_seconds: float = Field(default=30, gt=0)
    smtp_data_seconds: float = Field(default=600, gt=0)
    reconcile_url: str | None = None

    sender_name: Line = "Kooperationsbörse"
    sender_address: OwnAddress = "boerse@cluster.example"
    reply_to: OwnAddress | None = None
    bounce_address: OwnAddress | None = None
    imprint: Line = Field(default="", description="One line with the operator's name and address.")

    mails_per_second: int = Field(default=10, ge=1)
    mails_per_hour: int = Field(default=5000, ge=1)
    mails_per_domain_and_minute: int = Field(default=60, ge=1)

    @field_validator("reconcile_url")
    @classmethod
    def _reconciler_is_asked_by_message(cls, value: str | None) -> str | None:
        if value is not None and "{message_id}" not in value:
            raise ValueError("it must contain {message_id}")
        return value

    @property
    def handover_limit_seconds(self) -> float:
        """From when on a mail that is still ``sending`` has lost its sender.

        ``MailServer.hand_over`` ends before, whatever the server does.
        """
        return self.smtp_data_seconds + SECONDS_TO_SETTLE
