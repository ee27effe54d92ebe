"""A member moves: the new address is asked to confirm it, the former one is told that it was left.

Neither tells a stranger who reads there more than that, nor the member's state anything of it.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import TypeAlias
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from chassis.web.language import Language
from chassis.web.presentation import Presentation
from embedded.mail import Mail as MailCatcher
from schemas.mail import MailBounced
from schemas.member import AddressChanged, MemberState, SignInRequested

ASKED: dict[Language, tuple[str, ...]] = {
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
TOLD: dict[Language, tuple[str, ...]] = {
    "de": (
        "Ihre Adresse für die Kooperationsbörse wurde geändert",
        "gilt für das Konto von Kim Muster in der Kooperationsbörse eine andere Adresse",
        "Mit dieser hier meldet sich niemand mehr an, und wir schreiben nicht mehr an sie",
        "Waren Sie das nicht? Schreiben Sie gleich den Betreibern der Börse",
    ),
    "en": (
        "Your address for Kooperationsbörse was changed",
        "the account of Kim Muster at Kooperationsbörse has had another address",
        "Nobody signs in with this one any more, and we no longer write to it",
        "Was it not you? Write to the operators of the exchange at once",
    ),
}
Mailed: TypeAlias = SignInRequested | AddressChanged
Occasion: TypeAlias = Callable[[Builders, MemberState], Mailed]


def a_wish(make: Builders, kim: MemberState, language: Language = "de") -> SignInRequested:
    """To move to the new address."""
    return make.a_sign_in(
        email=make.address("neu"), language=language, changes_address_of=kim.member_id
    )


def a_move(make: Builders, kim: MemberState) -> AddressChanged:
    """Away from the former address."""
    return make.a_move(of=kim)


def address_in(event: Mailed) -> str:
    return event.email if isinstance(event, SignInRequested) else event.former_email


def written_under(event: Mailed) -> UUID:
    return event.member_id if isinstance(event, SignInRequested) else event.change_id


either = pytest.mark.parametrize("occasion", [a_wish, a_move])


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim Muster", of=uuid4())
    await exchange.hears(member)
    return member


class TestTheNewAddress:
    @pytest.mark.parametrize("language", ASKED)
    async def test_is_asked_to_confirm_it(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        language: Language,
    ) -> None:
        wish = a_wish(make, kim, language)
        await exchange.hears(wish)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(wish.email)
        subject, *words = ASKED[language]
        assert mail.subject == subject
        for each in (*words, wish.email):
            assert each in " ".join(mail.text.split())
            assert each in " ".join(unescape(mail.html).split())
        [button] = re.findall(r'class="button" href="([^"]+)"', mail.html)
        assert button in mail.text.split()
        assert "/sign-in/" in button
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_is_told_no_name(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        wish = a_wish(make, kim)
        await exchange.hears(wish)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(wish.email)
        assert "Muster" not in mail.text + mail.html
        assert kim.email not in mail.text + mail.html


class TestTheFormerAddress:
    @pytest.mark.parametrize("language", TOLD)
    async def test_is_told_that_it_was_left_and_no_other(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        language: Language,
    ) -> None:
        move = make.a_move(of=kim, language=language)
        await exchange.hears(move)

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(move.former_email)
        subject, *words = TOLD[language]
        moment = Presentation(language, ZoneInfo("Europe/Berlin")).moment(move.occurred_at)
        assert mail.subject == subject
        for each in (*words, moment):
            assert each in " ".join(mail.text.split())
            assert each in " ".join(unescape(mail.html).split())
        assert re.findall(r'class="button" href="([^"]+)"', mail.html) == [
            "https://boerse.example.org/"
        ]
        assert kim.email not in mail.raw.decode() + mail.text + mail.html
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_waits_for_nobody_and_is_told_once(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, cause = make.a_member("Kim"), Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        move = a_move(make, kim)

        await exchange.hears(move, cause=cause)
        await exchange.sends_all()
        await exchange.hears(kim)
        await exchange.hears(move, cause=cause)
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(move.former_email)
        assert "gilt für Ihr Konto in der Kooperationsbörse eine andere Adresse" in mail.text
        assert len(await exchange.mails()) == 1

    async def test_is_told_nothing_after_three_days(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        await exchange.hears(a_move(make, kim))

        exchange.clock.turn(days=3)
        await exchange.sends_all()

        assert await exchange.states() == ["pending"]


class TestEither:
    @either
    async def test_that_refuses_the_mail_says_nothing_about_the_member(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        occasion: Occasion,
    ) -> None:
        event = occasion(make, kim)
        mail_server.mailbox.refuse(address_in(event))
        await exchange.hears(event)

        await exchange.sends_all()

        [row] = await exchange.said("mail.bounced")
        bounced = MailBounced.model_validate_json(row["payload"])
        assert (bounced.hard, bounced.member_id) == (True, written_under(event))
        assert str(kim.member_id) not in row["payload"].decode()
        assert kim.member_id not in row["subjects"]

    @either
    async def test_is_forgotten_with_the_member(
        self, exchange: Exchange, make: Builders, kim: MemberState, occasion: Occasion
    ) -> None:
        await exchange.hears(occasion(make, kim))
        await exchange.sends_all()

        await exchange.loses(MemberState, kim.member_id)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["address"], mail["text"]) == ("sent", None, None)
        assert await exchange.rows("select 1 from notice where event is not null") == []

    @either
    async def test_that_refused_a_mail_is_forgotten_with_the_member(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        occasion: Occasion,
    ) -> None:
        event = occasion(make, kim)
        mail_server.mailbox.refuse(address_in(event))
        await exchange.hears(event)
        await exchange.sends_all()
        before = await exchange.rows("select address from suppression")

        await exchange.loses(MemberState, kim.member_id)

        assert [row["address"] for row in before] == [address_in(event)]
        assert await exchange.rows("select 1 from suppression") == []

    @either
    async def test_is_not_written_to_once_the_member_is_erased(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        occasion: Occasion,
    ) -> None:
        waiting, later = occasion(make, kim), occasion(make, kim)
        await exchange.hears(waiting)

        await exchange.loses(MemberState, kim.member_id)
        await exchange.hears(later)
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert mail_server.mailbox.mails_to(address_in(waiting)) == ()
