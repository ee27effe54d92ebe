"""Whoever was told of a yes hears once that it was taken back; what is not said yet is not said."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.request import EnquiryAnswered, EnquiryApproved


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim", of=uuid4())
    await exchange.hears(member)
    return member


@pytest.fixture
async def enquiry(exchange: Exchange, make: Builders, kim: MemberState) -> EnquiryApproved:
    firm: UUID = uuid4()
    await exchange.hears(make.an_organisation("Nähwerkstatt Güstrow", firm))
    return make.an_enquiry(to=firm, about_request_of=kim.organisation_ids[0])


class Firm:
    """Whoever is asked; each answer stands in a higher revision."""

    def __init__(self, exchange: Exchange, make: Builders, enquiry: EnquiryApproved) -> None:
        self._exchange, self._make, self._enquiry = exchange, make, enquiry
        self._revision = 1

    async def says(self, answer: str, **changes: Any) -> EnquiryAnswered:
        self._revision += 1
        said = self._make.an_answer(
            answer, self._enquiry, **{"revision": self._revision, "note": ""} | changes
        )
        await self._exchange.hears(said)
        return said


@pytest.fixture
def firm(exchange: Exchange, make: Builders, enquiry: EnquiryApproved) -> Firm:
    return Firm(exchange, make, enquiry)


YES = "Nähwerkstatt Güstrow sagt Ja zu „Schutzkittel für die …“"
BACK = "Nähwerkstatt Güstrow nimmt das Ja zu „Schutzkittel …“ zurück"


class TestWhoeverSeeks:
    @pytest.mark.parametrize("answer", ["no", "never-ask-again"])
    async def test_hears_that_a_yes_was_taken_back(
        self,
        exchange: Exchange,
        mail_server: MailCatcher,
        firm: Firm,
        kim: MemberState,
        answer: str,
    ) -> None:
        said = await firm.says("yes")
        await exchange.sends_all()

        await firm.says(answer, note="Nur für die Vermittlung: Insolvenz.")
        await exchange.sends_all()

        yes, back = mail_server.mailbox.mails_to(kim.email)
        assert (yes.subject, back.subject) == (YES, BACK)
        assert "leider hat Nähwerkstatt Güstrow das Ja zu Ihrem Gesuch" in back.text
        assert "Insolvenz" not in back.text + back.html, "of a no the note is for brokers"
        assert exchange.opened_by(LinkPurpose.LISTING, back).object_id == said.request_id

    async def test_hears_it_once_whatever_is_said_after_it(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("yes")
        await exchange.sends_all()
        refused = await firm.says("no")
        await exchange.sends_all()

        await firm.says("no", note="Wirklich nicht.")
        await firm.says("never-ask-again")
        replayed = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        await exchange.hears(refused, cause=replayed)
        await exchange.sends_all()

        assert subjects(mail_server, kim) == [YES, BACK]

    async def test_of_a_no_alone_hears_nothing(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("no")
        await firm.says("never-ask-again")
        await exchange.sends_all()

        assert subjects(mail_server, kim) == []

    async def test_hears_nothing_of_a_yes_that_was_taken_back_before_it_went_out(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("yes")
        await firm.says("no")
        await exchange.sends_all()

        assert subjects(mail_server, kim) == []

    async def test_hears_of_the_yes_that_stands_in_the_end_once(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("yes")
        await firm.says("no")
        await firm.says("yes")
        await firm.says("yes", note="Ab 100 Stück.")
        await exchange.sends_all()

        assert subjects(mail_server, kim) == [YES]

    async def test_who_read_the_yes_reads_nothing_of_a_no_between_two(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("yes")
        await exchange.sends_all()

        await firm.says("no")
        await firm.says("yes")
        await exchange.sends_all()

        assert subjects(mail_server, kim) == [YES]

    async def test_who_read_both_reads_that_it_is_a_yes_after_all(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        for answer in ("yes", "no", "yes"):
            await firm.says(answer)
            await exchange.sends_all()

        assert subjects(mail_server, kim) == [YES, BACK, YES]


class TestBrokers:
    async def test_hear_nothing_of_a_yes_that_was_taken_back_before_it_went_out(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: Firm
    ) -> None:
        rita = make.a_member("Rita", roles=("broker",))
        await exchange.hears(rita)

        await firm.says("yes", member_id=None)
        await firm.says("no", member_id=None)
        await exchange.sends_all()

        assert subjects(mail_server, rita) == []

    async def test_hear_once_of_a_yes_that_stands_in_the_end(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: Firm
    ) -> None:
        rita = make.a_member("Rita", roles=("broker",))
        await exchange.hears(rita)
        for answer in ("yes", "no", "yes"):
            await firm.says(answer, member_id=None)
        await exchange.sends_all()

        for answer in ("no", "yes"):
            await firm.says(answer, member_id=None)
            await exchange.sends_all()

        assert len(subjects(mail_server, rita)) == 1


def subjects(mail_server: MailCatcher, member: MemberState) -> list[str]:
    return [mail.subject for mail in mail_server.mailbox.mails_to(member.email)]
