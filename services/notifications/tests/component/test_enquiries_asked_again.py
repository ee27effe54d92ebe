"""An enquiry that reached nobody goes out again, once, without what is left of the first."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from notifications import commands
from notifications.mail import Unsent
from schemas.links import LinkPurpose
from schemas.organisation import OrganisationState
from schemas.request import EnquiryApproved


def again(enquiry: EnquiryApproved, attempt: int = 2) -> EnquiryApproved:
    return enquiry.model_copy(update={"attempt": attempt, "revision": enquiry.revision + attempt})


def a_firm(make: Builders, firm: UUID, email: str, **changes: Any) -> OrganisationState:
    known = {"allows_enquiries": True, "enquiry_email": email} | changes
    return make.an_organisation("Tischlerei Poel", firm, **known)


@pytest.fixture
def firm() -> UUID:
    return uuid4()


class TestTheSecondMail:
    async def test_goes_to_the_corrected_address(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        dead, right = make.address("vertippt"), make.address("richtig")
        mail_server.mailbox.refuse(dead, "550 5.1.1 unknown user")
        enquiry = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, dead), enquiry)
        await exchange.sends_all()

        await exchange.hears(a_firm(make, firm, right, revision=2), again(enquiry))
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(right)
        assert "/matching/enquiries/" in mail.text
        assert exchange.all_opened_by(LinkPurpose.ENQUIRY, mail)[0].object_id == enquiry.enquiry_id
        [sent] = await exchange.said("mail.sent")
        [bounced] = await exchange.said("mail.bounced")
        assert sent["key"] != bounced["key"]

    async def test_goes_once_whatever_is_replayed(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        address = make.address("richtig")
        enquiry = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, address), again(enquiry))
        await exchange.sends_all()

        replayed = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        await exchange.hears(again(enquiry), cause=replayed)
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(address)) == 1

    async def test_waits_for_the_address_that_was_known_when_it_was_approved(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        dead, right = make.address("vertippt"), make.address("richtig")
        enquiry = make.an_enquiry(to=firm, about_request_of=uuid4(), organisation_revision=2)

        await exchange.hears(a_firm(make, firm, dead), enquiry)
        await exchange.sends_all()
        await exchange.hears(a_firm(make, firm, right, revision=2))
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting(connection, now=exchange.clock())
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(dead) == ()
        assert len(mail_server.mailbox.mails_to(right)) == 1

    async def test_does_not_go_once_somebody_answered(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        address = make.address("richtig")
        enquiry = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, address), make.an_answer("no", enquiry))

        await exchange.hears(again(enquiry))
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(address) == ()


class TestWhatIsLeftOfTheFirst:
    @pytest.mark.parametrize("second_first", [False, True])
    async def test_is_not_sent_beside_the_second(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        firm: UUID,
        *,
        second_first: bool,
    ) -> None:
        address = make.address("richtig")
        first = make.an_enquiry(to=firm, about_request_of=uuid4())
        told = [again(first), first] if second_first else [first, again(first)]

        await exchange.hears(a_firm(make, firm, address), *told)
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(address)) == 1
        assert sorted(await exchange.states()) == ["expired", "sent"]

    async def test_is_not_sent_where_its_readers_become_known_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        kim = make.a_member("Kim", of=firm)
        first = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, "", enquiry_email=None, has_members=True))
        await exchange.hears(first, again(first), again(first, 3))

        await exchange.hears(kim)
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(kim.email)) == 1


class TestNeverAgain:
    async def test_no_other_enquiry_that_waits_goes_out_to_whoever_wants_none(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        address = make.address("werkstatt")
        one, other = (make.an_enquiry(to=firm, about_request_of=uuid4()) for _ in range(2))
        elsewhere = make.an_enquiry(to=uuid4(), about_request_of=uuid4())
        neighbour = a_firm(make, elsewhere.organisation_id, make.address("nachbar"))
        await exchange.hears(a_firm(make, firm, address), neighbour, one, other, elsewhere)

        await exchange.hears(make.an_answer("never-ask-again", one, occurred_at=datetime.now(UTC)))
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(address) == ()
        assert len(mail_server.mailbox.mails_to(make.address("nachbar"))) == 1

    @pytest.mark.parametrize(("minutes", "asked"), [(-1, 0), (0, 0), (1, 1)])
    async def test_an_enquiry_that_comes_after_the_wish_goes_out_if_it_was_approved_later(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        firm: UUID,
        minutes: int,
        asked: int,
    ) -> None:
        """As after an outage: the order between topics is none."""
        address, wish = make.address("werkstatt"), datetime.now(UTC)
        one = make.an_enquiry(to=firm, about_request_of=uuid4(), occurred_at=wish)
        await exchange.hears(a_firm(make, firm, address), one)
        await exchange.hears(make.an_answer("never-ask-again", one, occurred_at=wish))

        at = wish + timedelta(minutes=minutes)
        other = make.an_enquiry(to=firm, about_request_of=uuid4(), occurred_at=at)
        elsewhere = make.an_enquiry(to=uuid4(), about_request_of=uuid4(), occurred_at=at)
        neighbour = a_firm(make, elsewhere.organisation_id, make.address("nachbar"))
        await exchange.hears(neighbour, other, elsewhere)
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(address)) == asked
        assert len(mail_server.mailbox.mails_to(make.address("nachbar"))) == 1

    async def test_an_older_wish_that_comes_later_does_not_make_the_newer_one_older(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        address, wish = make.address("werkstatt"), datetime.now(UTC)
        await exchange.hears(a_firm(make, firm, address))
        for minutes in (0, -5):
            one = make.an_enquiry(to=firm, about_request_of=uuid4())
            at = wish + timedelta(minutes=minutes)
            await exchange.hears(make.an_answer("never-ask-again", one, occurred_at=at))

        between = wish - timedelta(minutes=2)
        other = make.an_enquiry(to=firm, about_request_of=uuid4(), occurred_at=between)
        await exchange.hears(other)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(address) == ()
        [kept_back] = await exchange.mails()
        assert (kept_back["state"], kept_back["diagnostic"]) == ("expired", Unsent.NOT_WANTED)

    async def test_who_joins_later_is_not_asked_what_was_not_wanted(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        kim, wish = make.a_member("Kim", of=firm), datetime.now(UTC)
        one = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, "", enquiry_email=None, has_members=True))
        await exchange.hears(make.an_answer("never-ask-again", one, occurred_at=wish))
        before = wish - timedelta(minutes=1)
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4(), occurred_at=before))

        await exchange.hears(kim)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_whoever_changed_their_mind_is_asked_about_what_comes_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, firm: UUID
    ) -> None:
        address = make.address("werkstatt")
        one = make.an_enquiry(to=firm, about_request_of=uuid4())
        await exchange.hears(a_firm(make, firm, address), one)
        await exchange.hears(make.an_answer("never-ask-again", one), make.an_answer("no", one))

        later = one.occurred_at + timedelta(minutes=1)
        await exchange.hears(make.an_enquiry(to=firm, about_request_of=uuid4(), occurred_at=later))
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(address)) == 1
