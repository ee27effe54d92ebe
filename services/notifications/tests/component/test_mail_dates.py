"""Days and times in mails are those of the pages: in the zone of the site, and never too late."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from schemas.member import MemberState

YEAR = datetime.now(UTC).year + 1
LATE = datetime(YEAR, 1, 10, 23, 30, tzinfo=UTC)
"""In Berlin it is the next day already."""


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim", of=uuid4())
    enquired = {"allows_enquiries": True, "has_members": True}
    organisation = make.an_organisation("Hanse Textil", member.organisation_ids[0], **enquired)
    await exchange.hears(member, organisation)
    return member


class TestZone:
    @pytest.mark.parametrize(
        ("zone", "moment", "day"),
        [
            ("Europe/Berlin", "11. Januar {year}, 00:30 Uhr", "11. Januar {year}"),
            ("America/New_York", "10. Januar {year}, 18:30 Uhr", "10. Januar {year}"),
        ],
    )
    async def test_is_the_one_that_is_set(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        *,
        zone: str,
        moment: str,
        day: str,
    ) -> None:
        ole, owner = make.a_member("Ole", of=uuid4()), kim.organisation_ids[0]
        await exchange.hears(
            make.a_reminder(owner=owner, requester=ole, lapses_at=LATE),
            make.a_question(of=kim, counterpart=uuid4(), closes_at=LATE),
        )

        await exchange.with_settings(time_zone=zone).sends_all()

        mails = mail_server.mailbox.mails_to(kim.email)
        [reminder] = [mail for mail in mails if "Noch ohne Antwort" in mail.subject]
        [question] = [mail for mail in mails if "geworden" in mail.subject]
        assert f"bis {moment.format(year=YEAR)} zu oder ab" in reminder.text
        assert f"offen bis {day.format(year=YEAR)}." in question.text


class TestLastMoment:
    """What ends in the middle of a day is not open until that day."""

    async def test_of_a_message_is_named_with_its_time(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        ole, owner = make.a_member("Ole", of=uuid4()), kim.organisation_ids[0]
        message = make.a_message("Haben Sie noch welche?", owner=owner, requester=ole, name=None)
        await exchange.hears(message.model_copy(update={"lapses_at": LATE - timedelta(hours=14)}))

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert f"bis 10. Januar {YEAR}, 10:30 Uhr zu oder ab." in mail.text

    async def test_of_an_enquiry_is_named_with_its_time(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        asked, until = kim.organisation_ids[0], LATE - timedelta(hours=14)
        await exchange.hears(make.an_enquiry(to=asked, about_request_of=uuid4(), expires_at=until))

        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert f"Ein Klick genügt, bis 10. Januar {YEAR}, 10:30 Uhr." in mail.text
