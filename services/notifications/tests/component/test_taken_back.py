"""Whoever was told of a yes hears once that it was taken back; what is not said yet is not said."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from notifications import queries
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
        said = self._make.an_answer(answer, self._enquiry, **self._unless_said() | changes)
        await self._exchange.hears(said)
        return said

    def _unless_said(self) -> dict[str, Any]:
        return {"revision": self._revision, "note": "", "occurred_at": self._exchange.clock()}


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

    async def test_who_read_both_reads_that_it_is_a_yes_after_all_once_it_stood_for_a_day(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        for answer in ("yes", "no", "yes"):
            await firm.says(answer)
            await exchange.sends_all()
        at_once = subjects(mail_server, kim)
        late = (await queue_age(exchange)).oldest

        exchange.clock.turn(days=1)
        await exchange.sends_all()

        assert at_once == [YES, BACK]
        assert late is None, "what has to stand first is not late"
        assert subjects(mail_server, kim) == [YES, BACK, YES]

    @pytest.mark.parametrize(("last", "told"), [("yes", [YES, BACK, YES]), ("no", [YES, BACK])])
    async def test_of_a_firm_that_wavers_hears_what_stands_in_the_end(
        self,
        *,
        exchange: Exchange,
        mail_server: MailCatcher,
        firm: Firm,
        kim: MemberState,
        last: str,
        told: list[str],
    ) -> None:
        for answer in ("yes", "no", "yes", "no", "yes", "no", last):
            await firm.says(answer)
            await exchange.sends_all()
            exchange.clock.turn(hours=3)

        exchange.clock.turn(days=1)
        await exchange.sends_all()

        assert subjects(mail_server, kim) == told

    async def test_of_a_message_that_follows_one_taken_back_hears_once_it_stood_for_a_day(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        ole, owner = make.a_member("Ole", of=uuid4()), kim.organisation_ids[0]
        sides: dict[str, Any] = {"owner": owner, "requester": ole, "listing_id": uuid4()}
        contact_ids = [uuid4(), uuid4(), uuid4()]
        at_once = []
        for contact_id in contact_ids:
            message = make.a_message("Wir nähen.", **sides, name=None, contact_id=contact_id)
            await exchange.hears(message)
            await exchange.sends_all()
            at_once.append(len(subjects(mail_server, kim)))
            if contact_id != contact_ids[-1]:
                await exchange.hears(make.taken_back(**sides, contact_id=contact_id))

        exchange.clock.turn(days=1)
        await exchange.sends_all()

        assert at_once == [1, 1, 1]
        mails = mail_server.mailbox.mails_to(kim.email)
        opened = [exchange.opened_by(LinkPurpose.CONTACT, mail).object_id for mail in mails]
        assert opened == [contact_ids[0], contact_ids[-1]]

    async def test_of_a_message_that_follows_a_refused_one_hears_at_once(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        ole, owner = make.a_member("Ole", of=uuid4()), kim.organisation_ids[0]
        sides: dict[str, Any] = {"owner": owner, "requester": ole, "listing_id": uuid4()}
        first = uuid4()
        await exchange.hears(make.a_message("Wir nähen.", **sides, name=None, contact_id=first))
        await exchange.sends_all()

        await exchange.hears(make.a_refusal(**sides, contact_id=first))
        await exchange.hears(make.a_message("Nun auch mehr.", **sides, name=None))
        await exchange.sends_all()

        assert len(subjects(mail_server, kim)) == 2


class TestOrder:
    """The newest answer counts, whatever the order in which they come."""

    async def test_a_yes_that_comes_after_a_later_no_is_not_told(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("no", revision=20)
        await firm.says("yes", revision=19)
        await exchange.sends_all()

        assert subjects(mail_server, kim) == []

    async def test_a_no_that_comes_after_a_later_yes_takes_nothing_back(
        self, exchange: Exchange, mail_server: MailCatcher, firm: Firm, kim: MemberState
    ) -> None:
        await firm.says("yes", revision=20)
        await exchange.sends_all()
        await firm.says("yes", revision=22, note="Ab 100 Stück.")

        await firm.says("no", revision=21)
        await exchange.sends_all()

        assert subjects(mail_server, kim) == [YES]

    async def test_a_wish_of_before_a_later_yes_keeps_no_question_back(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        firm: Firm,
        enquiry: EnquiryApproved,
    ) -> None:
        asked = make.a_member("Ina", of=enquiry.organisation_id)
        consent = {"allows_enquiries": True, "has_members": True, "revision": 2}
        organisation = make.an_organisation("Nähwerkstatt", enquiry.organisation_id, **consent)
        await exchange.hears(asked, organisation)
        await firm.says("yes", revision=20)
        await exchange.hears(make.an_enquiry(to=enquiry.organisation_id, about_request_of=uuid4()))

        wish = datetime.now(UTC)
        await firm.says("never-ask-again", revision=19, occurred_at=wish)
        await exchange.sends_all()

        assert len(subjects(mail_server, asked)) == 1


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


async def queue_age(exchange: Exchange) -> queries.QueueAge:
    async with exchange.pool.connection() as connection:
        return await queries.queue_age(connection, now=exchange.clock())
