"""What a mail promises is what the exchange does."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher

VALIDITY = {
    "de": (
        "und länger, wenn Sie es dann bestätigen. Mindestens alle 30 Tage fragen wir, ob es noch "
        "stimmt; bleibt die Antwort aus, nehmen wir es aus der Börse."
    ),
    "en": (
        "and longer if you confirm it then. At least every 30 days we ask whether it still holds; "
        "without an answer we take it off the exchange."
    ),
}


def unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", VALIDITY)
async def test_a_published_listing_is_said_to_end_with_silence(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, language: str
) -> None:
    kim = make.a_member("Kim", of=uuid4(), language=language)
    await exchange.hears(kim)
    await exchange.hears(make.a_listing("FFP2-Masken", by=kim.organisation_ids[0]))

    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(kim.email)
    assert VALIDITY[language] in unwrapped(mail.text)
    assert VALIDITY[language] in unwrapped(mail.html)


@pytest.mark.parametrize(
    ("language", "said"), [("de", "vor über 7 Tagen kam"), ("en", "More than 7 days ago ")]
)
async def test_a_contact_is_said_to_be_older_than_its_question_however_late_that_goes_out(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, language: str, said: str
) -> None:
    kim = make.a_member("Kim", of=uuid4(), language=language)
    left = make.a_member("Lea", of=uuid4())
    late = datetime.now(UTC) - timedelta(days=4)
    await exchange.hears(kim, left, make.an_organisation("Hanse Textil", firm := uuid4()))
    await exchange.hears(
        make.a_question(of=kim, counterpart=firm, occurred_at=late),
        make.a_question(of=kim, counterpart=uuid4(), occurred_at=late),
        make.a_question(of=kim, counterpart=firm, member_id=left.member_id, occurred_at=late),
    )

    await exchange.sends_all()

    mails = mail_server.mailbox.mails_to(kim.email)
    assert len(mails) == 3
    for mail in mails:
        assert said in unwrapped(mail.text)
        assert said in unwrapped(mail.html)


@pytest.mark.parametrize("answer", ["a_refusal", "a_lapse"])
async def test_a_match_is_looked_for_and_not_what_the_reader_has(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, answer: str
) -> None:
    kim = make.a_member("Kim", of=uuid4(), language="en")
    await exchange.hears(kim)
    await exchange.hears(getattr(make, answer)(owner=uuid4(), requester=kim))

    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(kim.email)
    assert "we keep looking for a match for it." in unwrapped(mail.text)


REFUSED = {
    "de": (
        "in dieser Fassung nicht veröffentlicht.",
        "War eine frühere Fassung schon veröffentlicht, bleibt sie in der Börse.",
    ),
    "en": (
        "not published it in this form.",
        "If an earlier form had been published already, it stays on the exchange.",
    ),
}


@pytest.mark.parametrize("language", REFUSED)
async def test_of_a_refused_edit_nobody_says_that_the_listing_is_gone(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, language: str
) -> None:
    kim = make.a_member("Kim", of=uuid4(), language=language)
    await exchange.hears(kim)
    await exchange.hears(make.a_rejection("FFP2-Masken", by=kim.organisation_ids[0]))

    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(kim.email)
    for said in REFUSED[language]:
        assert said in unwrapped(mail.text)
        assert said in unwrapped(mail.html)
