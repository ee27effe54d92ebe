"""An address whose domain has umlauts is one like any other: mail servers know its ASCII form."""

import json

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher


@pytest.mark.parametrize(
    ("domain", "ascii_form"),
    [
        ("müller-gmbh.example", "xn--mller-gmbh-9db.example"),
        ("Hafenstraße.example", "xn--hafenstrae-e4a.example"),
        ("xn--mller-gmbh-9db.example", "xn--mller-gmbh-9db.example"),
    ],
)
async def test_whoever_has_one_is_written_to(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, domain: str, ascii_form: str
) -> None:
    local = make.address("kim").partition("@")[0]
    await exchange.hears(make.a_sign_in(email=f"{local}@{domain}"))

    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(f"{local}@{ascii_form}")
    assert f"\r\nTo: {local}@{ascii_form}\r\n".encode() in mail.raw
    assert await exchange.states() == ["sent"]


async def test_what_no_server_can_be_told_is_refused_and_nobody_else_waits(
    exchange: Exchange, make: Builders
) -> None:
    for email in ("jörg@example.org", "kim@\u2028.example", "kim muster@example.org"):
        await exchange.hears(make.a_sign_in(email=email))

    await exchange.sends_all()

    assert await exchange.states() == ["failed"] * 3
    bounces = [json.loads(each["payload"]) for each in await exchange.said("mail.bounced")]
    assert [each["hard"] for each in bounces] == [True] * 3
