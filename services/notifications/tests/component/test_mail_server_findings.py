"""What `doctor` finds at the door of the mail server: each names the setting and the remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from notification_builders import Builders
from notification_scene import Exchange
from pydantic import SecretStr

from embedded.mailbox import Mailbox
from embedded.ports import free_port
from notifications.doctor import mail_server_findings

PASSWORD = "right"
NAME = {"smtp_username": "boerse"}


def knows_one(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, sent: LoginPassword
) -> AuthResult:
    return AuthResult(success=sent.password == PASSWORD.encode(), handled=False)


@contextmanager
def server_with_sign_in() -> Iterator[int]:
    port = free_port()
    server = Controller(
        Mailbox(),
        hostname="127.0.0.1",
        port=port,
        authenticator=knows_one,
        auth_require_tls=False,
        ready_timeout=60,
    )
    server.start()
    try:
        yield port
    finally:
        server.stop()


async def found(exchange: Exchange, **settings: object) -> list[str]:
    told = exchange.with_settings(**settings)
    async with told.pool.connection() as connection:
        findings = await mail_server_findings(connection, told.runtime.settings)
    return [str(finding) for finding in findings]


async def test_a_server_that_lets_us_in_is_no_finding(exchange: Exchange) -> None:
    assert await found(exchange) == []
    with server_with_sign_in() as port:
        assert (
            await found(exchange, smtp_port=port, smtp_password=SecretStr(PASSWORD), **NAME) == []
        )


@pytest.mark.parametrize("password", [SecretStr("wrong"), None])
async def test_a_password_that_it_refuses_is_named_with_its_file(
    exchange: Exchange, password: SecretStr | None
) -> None:
    with server_with_sign_in() as port:
        [said] = await found(exchange, smtp_port=port, smtp_password=password, **NAME)

    assert said.startswith(f"The mail server 127.0.0.1:{port} refuses NOTIFICATIONS_SMTP_USERNAME=")
    assert "NOTIFICATIONS_SMTP_PASSWORD (535)" in said
    assert "write the password into the file notifications_smtp_password" in said
    assert "wrong" not in said


@pytest.mark.parametrize(
    ("settings", "setting"),
    [({"smtp_security": "starttls"}, "NOTIFICATIONS_SMTP_SECURITY=starttls"), (NAME, "a sign-in")],
)
async def test_what_it_does_not_know_is_named(
    exchange: Exchange, settings: dict[str, object], setting: str
) -> None:
    [said] = await found(exchange, **settings)

    assert setting in said
    assert "not supported" in said


async def test_one_that_is_away_is_told_while_mails_wait_for_it(
    exchange: Exchange, make: Builders
) -> None:
    away = free_port()
    assert await found(exchange, smtp_port=away) == []

    owner = uuid4()
    await exchange.hears(make.a_member(of=owner))
    await exchange.hears(make.a_listing("Dosierpumpen", by=owner))

    [said] = await found(exchange, smtp_port=away)
    assert said.startswith(f"1 mails wait, and the mail server 127.0.0.1:{away} cannot be reached")
    assert "NOTIFICATIONS_SMTP_HOST" in said
