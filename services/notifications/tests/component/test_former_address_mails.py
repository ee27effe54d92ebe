"""Whoever reads mail at an address that a member left is told so, and not where they went."""

import re
from html import unescape
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from chassis.web.language import Language
from chassis.web.presentation import Presentation
from embedded.mail import Mail as MailCatcher
from schemas.mail import MailBounced
from schemas.member import MemberState

WORDS: dict[Language, tuple[str, ...]] = {
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


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim Muster", of=uuid4())
    await exchange.hears(member)
    return member


class TestMail:
    @pytest.mark.parametrize("language", WORDS)
    async def test_tells_the_former_address_and_names_no_other(
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
        subject, *words = WORDS[language]
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

    async def test_waits_for_nobody_and_is_sent_once(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, cause = make.a_member("Kim"), Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        move = make.a_move(of=kim)

        await exchange.hears(move, cause=cause)
        await exchange.sends_all()
        await exchange.hears(kim)
        await exchange.hears(move, cause=cause)
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(move.former_email)
        assert "gilt für Ihr Konto in der Kooperationsbörse eine andere Adresse" in mail.text
        assert len(await exchange.mails()) == 1

    async def test_after_three_days_is_of_no_use(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        await exchange.hears(make.a_move(of=kim))

        exchange.clock.turn(days=3)
        await exchange.sends_all()

        assert await exchange.states() == ["pending"]

    async def test_that_bounces_says_nothing_about_the_member(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        move = make.a_move(of=kim)
        mail_server.mailbox.refuse(move.former_email)
        await exchange.hears(move)

        await exchange.sends_all()

        [row] = await exchange.said("mail.bounced")
        bounced = MailBounced.model_validate_json(row["payload"])
        assert (bounced.hard, bounced.member_id) == (True, move.change_id)
        assert str(kim.member_id) not in row["payload"].decode()
        assert kim.member_id not in row["subjects"]


class TestErasure:
    async def test_of_the_member_blanks_the_mail(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        await exchange.hears(make.a_move(of=kim))
        await exchange.sends_all()

        await exchange.loses(MemberState, kim.member_id)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["address"], mail["text"]) == ("sent", None, None)
        assert await exchange.rows("select 1 from notice where event is not null") == []

    async def test_of_the_member_keeps_it_from_being_sent(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        move = make.a_move(of=kim)
        await exchange.hears(move)

        await exchange.loses(MemberState, kim.member_id)
        await exchange.hears(make.a_move(of=kim))
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert mail_server.mailbox.mails_to(move.former_email) == ()

    @pytest.mark.parametrize("kind", ["former", "new"])
    async def test_of_the_member_forgets_that_an_address_of_theirs_was_refused(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        kind: str,
    ) -> None:
        address = make.address("refused")
        mail_server.mailbox.refuse(address)
        await exchange.hears(
            make.a_move(of=kim, former_email=address)
            if kind == "former"
            else make.a_sign_in(email=address, changes_address_of=kim.member_id)
        )
        await exchange.sends_all()
        before = await exchange.rows("select address from suppression")

        await exchange.loses(MemberState, kim.member_id)

        assert [row["address"] for row in before] == [address]
        assert await exchange.rows("select 1 from suppression") == []
