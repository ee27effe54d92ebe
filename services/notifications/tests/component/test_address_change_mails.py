"""Whoever reads mail at a member's new address is asked to confirm it; nothing names the member."""

import re
from html import unescape
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from schemas.mail import MailBounced
from schemas.member import MemberState, SignInRequested

WORDS = {
    "de": (
        "Bestätigen Sie Ihre neue Adresse für die Kooperationsbörse",
        "Der Link gilt 15 Minuten",
        "nur in einem Browser, in dem Sie angemeldet sind",
        "Sie wollten Ihre Adresse gar nicht ändern? Dann brauchen Sie nichts zu tun",
        "Adresse bestätigen",
    ),
    "en": (
        "Confirm your new address for Kooperationsbörse",
        "The link is valid for 15 minutes",
        "only in a browser in which you are signed in",
        "You did not want to change your address? Then there is nothing for you to do",
        "Confirm the address",
    ),
}


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim Muster", of=uuid4())
    await exchange.hears(member)
    return member


def a_wish(make: Builders, kim: MemberState, language: str = "de") -> SignInRequested:
    return make.a_sign_in(
        email=make.address("neu"), language=language, changes_address_of=kim.member_id
    )


class TestMail:
    @pytest.mark.parametrize("language", WORDS)
    async def test_asks_at_the_new_address_to_confirm_it(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        language: str,
    ) -> None:
        wish = a_wish(make, kim, language)
        await exchange.hears(wish)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(wish.email)
        subject, *words = WORDS[language]
        assert mail.subject == subject
        for each in (*words, wish.email):
            assert each in " ".join(mail.text.split())
            assert each in " ".join(unescape(mail.html).split())
        [button] = re.findall(r'class="button" href="([^"]+)"', mail.html)
        assert button in mail.text.split()
        assert "/sign-in/" in button
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_tells_a_stranger_no_name(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        wish = a_wish(make, kim)
        await exchange.hears(wish)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(wish.email)
        assert "Muster" not in mail.text + mail.html
        assert kim.email not in mail.text + mail.html

    async def test_that_bounces_says_nothing_about_the_member(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        wish = a_wish(make, kim)
        mail_server.mailbox.refuse(wish.email)
        await exchange.hears(wish)

        await exchange.sends_all()

        [row] = await exchange.said("mail.bounced")
        assert MailBounced.model_validate_json(row["payload"]).member_id == wish.member_id
        assert kim.member_id not in row["subjects"]


class TestErasure:
    async def test_of_the_member_blanks_the_mail_to_the_new_address(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        await exchange.hears(a_wish(make, kim))
        await exchange.sends_all()

        await exchange.loses(MemberState, kim.member_id)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["address"], mail["text"]) == ("sent", None, None)
        assert await exchange.rows("select 1 from notice where event is not null") == []

    async def test_of_the_member_keeps_a_later_one_from_being_sent(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        await exchange.loses(MemberState, kim.member_id)

        await exchange.hears(a_wish(make, kim))

        assert await exchange.mails() == []
