"""A setting of this service that could not be used later is refused at the start, by its name."""

from pathlib import Path

import pytest

from chassis.signing import generate_link_key
from embedded.refused_settings import refusal_of
from notifications.app import service
from notifications.settings import NotificationsSettings


@pytest.fixture(autouse=True)
def needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRETS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("NOTIFICATIONS_DATABASE_URL", "postgresql://localhost/x")
    monkeypatch.setenv("NOTIFICATIONS_FORM_KEY", generate_link_key())


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ("SMTP_HOST=smtp://mail.example.org", "it must be a host name alone"),
        ("SMTP_PORT=submission", "valid integer"),
        ("SMTP_SECURITY=ssl", "'none', 'starttls' or 'tls'"),
        ("SENDER_ADDRESS=Börse <boerse@cluster.example>", "one mail address alone"),
        ("SENDER_ADDRESS=börse@cluster.example", "before the @"),
        ("REPLY_TO=nobody", "one mail address alone"),
        ("BOUNCE_ADDRESS=@cluster.example", "one mail address alone"),
        ("SENDER_NAME=Börse\nBcc: x@y.example", "one line"),
        ("IMPRINT=a\nb", "one line"),
        ("MAILS_PER_HOUR=0", "greater than or equal to 1"),
        ("DIGEST_MINUTES=0", "greater than or equal to 1"),
        ("DIGEST_MINUTES=1441", "less than or equal to 1440"),
        ("RECONCILE_URL=http://log", "it must contain {message_id}"),
    ],
)
def test_it_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    setting: str,
    reason: str,
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(f"NOTIFICATIONS_{name}", value)

    said = refusal_of(service, capsys)

    assert said.startswith(f"Setting NOTIFICATIONS_{name} cannot be used: ")
    assert reason in said


def test_our_own_address_may_have_a_domain_with_umlauts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATIONS_SENDER_ADDRESS", "boerse@gesundheit-köln.example")

    address = NotificationsSettings().sender_address

    assert address == "boerse@xn--gesundheit-kln-6pb.example"
