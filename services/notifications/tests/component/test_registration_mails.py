"""Whoever registered reads what was decided, once, and what they can do now."""

import re
from html import unescape
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from embedded.mailbox import CaughtMail
from schemas.member import MemberState

REASON = "Bitte schreiben Sie uns von einer Adresse der <b>Organisation</b>."
CASES = {
    ("de", "approved", False): (
        "Freigegeben: Sie sprechen jetzt für Hanse Textil GmbH",
        "Wir haben Ihre Registrierung geprüft und freigegeben.",
        "Angebote und Gesuche einstellen",
    ),
    ("de", "approved", True): (
        "Freigegeben: Sie sprechen jetzt für Hanse Textil GmbH",
        "Jemand aus Ihrer Organisation hat zugesagt.",
        "Nachrichten zu Ihren Einträgen beantworten",
    ),
    ("de", "declined", False): (
        "Nicht freigegeben: Ihre Registrierung für Hanse Textil GmbH",
        REASON,
        "Schreiben Sie an einspruch@example.org.",
    ),
    ("de", "declined", True): (
        "Nicht freigegeben: Ihre Registrierung für Hanse Textil GmbH",
        REASON,
        "Fragen Sie am besten zuerst in der Organisation nach.",
    ),
    ("en", "approved", False): (
        "Approved: you now speak for Hanse Textil GmbH",
        "we have reviewed and approved your registration.",
        "post offers and requests",
    ),
    ("en", "approved", True): (
        "Approved: you now speak for Hanse Textil GmbH",
        "somebody in your organisation said yes.",
        "answer messages about your listings",
    ),
    ("en", "declined", False): (
        "Not approved: your registration for Hanse Textil GmbH",
        REASON,
        "Write to einspruch@example.org.",
    ),
    ("en", "declined", True): (
        "Not approved: your registration for Hanse Textil GmbH",
        REASON,
        "It is best to ask inside the organisation first.",
    ),
}
LEADS_TO = {"approved": "/sign-in", "declined": "/my/organisations"}


def words_in(mail: CaughtMail) -> tuple[str, str]:
    """What stands in its text and in its page, whatever marks and lines part it."""
    page = re.sub(r"<[^>]+>", " ", mail.html)
    text = re.sub(r"^[->] ", "", mail.text, flags=re.MULTILINE)
    return " ".join(text.split()), unescape(" ".join(page.split()))


async def the_mail_to(
    member: MemberState, exchange: Exchange, mail_server: MailCatcher
) -> CaughtMail:
    await exchange.sends_all()
    [mail] = mail_server.mailbox.mails_to(member.email)
    return mail


class TestRegistrationDecided:
    @pytest.mark.parametrize(("language", "decision", "by_colleague"), CASES)
    async def test_is_told_as_text_and_as_page_with_one_way_onwards(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        language: str,
        decision: str,
        by_colleague: bool,
    ) -> None:
        kim = make.a_member(language=language)
        await exchange.hears(kim, make.a_decision(decision, about=kim, by_colleague=by_colleague))

        mail = await the_mail_to(kim, exchange, mail_server)

        subject, *sentences = CASES[language, decision, by_colleague]
        assert mail.subject == subject
        for words in words_in(mail):
            assert [each for each in sentences if each not in words] == []
        way = "https://boerse.example.org" + LEADS_TO[decision]
        assert re.findall(r'class="button" href="([^"]+)"', mail.html) == [way]
        assert f"\n{way}\n" in mail.text
        assert "<b>" not in mail.html

    async def test_without_a_reason_none_is_announced(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim = make.a_member()
        await exchange.hears(kim, make.a_decision("declined", about=kim, reason=""))

        mail = await the_mail_to(kim, exchange, mail_server)

        assert "Grund" not in mail.text + mail.html
        assert "einspruch@example.org" in mail.text

    async def test_is_mailed_once_whatever_is_delivered_again(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim = make.a_member()
        event, cause = (
            make.a_decision("approved", about=kim),
            Cause(correlation_id=uuid4(), event_id=str(uuid4())),
        )
        await exchange.hears(kim)

        for _ in range(2):
            await exchange.hears(event, cause=cause)
            await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(kim.email)) == 1

    async def test_waits_for_a_member_who_is_heard_of_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim, colleague = make.a_member("Kim"), make.a_member("Ole")
        await exchange.hears(make.a_decision("approved", about=kim))
        assert await exchange.mails() == []

        await exchange.hears(colleague, kim)

        await the_mail_to(kim, exchange, mail_server)
        assert mail_server.mailbox.mails_to(colleague.email) == ()

    async def test_cannot_be_stopped_and_says_so_to_no_machine(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        kim = make.a_member()
        await exchange.hears(kim, make.a_decision("approved", about=kim))

        mail = await the_mail_to(kim, exchange, mail_server)

        assert b"List-Unsubscribe" not in mail.raw
        assert "Keine solchen E-Mails mehr" not in mail.text + mail.html

    async def test_is_blanked_with_the_member(self, exchange: Exchange, make: Builders) -> None:
        kim = make.a_member()
        await exchange.hears(kim, make.a_decision("declined", about=kim))

        await exchange.loses(MemberState, kim.member_id)
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert await exchange.rows("select 1 from notice where event is not null") == []
