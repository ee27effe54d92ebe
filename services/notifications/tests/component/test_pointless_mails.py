"""A mail that became pointless before it went out is kept back, whatever comes first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.sweeps import Sweeper
from embedded.mail import Mail as MailCatcher
from notifications import endings
from notifications.mail import Unsent
from notifications.sweeps import sweeps
from schemas.member import MemberState


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim", of=uuid4())
    await exchange.hears(member)
    return member


@pytest.fixture
async def ole(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Ole", of=uuid4())
    await exchange.hears(member)
    return member


async def reasons(exchange: Exchange) -> list[tuple[str, str]]:
    return [(mail["state"], mail["diagnostic"]) for mail in await exchange.mails()]


def org(member: MemberState) -> UUID:
    return member.organisation_ids[0]


class TestWithdrawnProposals:
    @pytest.mark.parametrize("withdrawn_first", [False, True])
    async def test_a_void_proposal_is_not_mailed(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        ole: MemberState,
        *,
        withdrawn_first: bool,
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=org(ole))
        told = [proposal, make.a_withdrawal(proposal)]
        for event in reversed(told) if withdrawn_first else told:
            await exchange.hears(event)

        await exchange.sends_all()

        assert await reasons(exchange) == [("expired", Unsent.PROPOSAL_WITHDRAWN)] * 2
        assert mail_server.mailbox.mails_to(kim.email) == ()
        assert await exchange.said("mail.sent") == []

    @pytest.mark.parametrize("closed_first", [False, True])
    @pytest.mark.parametrize("side", ["offer", "request"])
    async def test_nor_is_one_whose_listing_is_closed(
        self, exchange: Exchange, make: Builders, kim: MemberState, side: str, *, closed_first: bool
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        closing = make.a_closing(getattr(proposal, side).listing_id, by=uuid4())
        told: list[Any] = [proposal, closing]
        for event in reversed(told) if closed_first else told:
            await exchange.hears(event)

        assert await reasons(exchange) == [("expired", Unsent.LISTING_CLOSED)]

    async def test_another_proposal_goes_out(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        void = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        await exchange.hears(make.a_proposal(offer_by=org(kim), request_by=uuid4()), void)

        await exchange.hears(make.a_withdrawal(void))
        await exchange.sends_all()

        assert sorted(await exchange.states()) == ["expired", "sent"]

    async def test_what_went_out_stays_sent(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        await exchange.hears(proposal)
        await exchange.sends_all()

        await exchange.hears(make.a_withdrawal(proposal))

        assert await exchange.states() == ["sent"]

    async def test_a_colleague_known_later_gets_none_either(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        await exchange.hears(proposal, make.a_withdrawal(proposal))

        await exchange.hears(make.a_member("Ida", of=org(kim)))

        assert await exchange.states() == ["expired", "expired"]

    async def test_where_both_came_in_the_same_moment_the_sender_notices(
        self, exchange: Exchange, make: Builders, kim: MemberState, mail_server: MailCatcher
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        await exchange.hears(proposal)
        async with exchange.pool.transaction() as connection:
            await endings.record(
                connection,
                proposal.proposal_id,
                Unsent.PROPOSAL_WITHDRAWN,
                now=exchange.clock(),
            )

        await exchange.sends_all()

        assert await reasons(exchange) == [("expired", Unsent.PROPOSAL_WITHDRAWN)]
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_a_sender_that_has_it_in_hand_drops_it(
        self, exchange: Exchange, make: Builders, kim: MemberState, mail_server: MailCatcher
    ) -> None:
        proposal = make.a_proposal(offer_by=org(kim), request_by=uuid4())
        await exchange.hears(proposal)
        mail = await exchange.claims()
        draft = await exchange.sender._drafted(mail)
        assert draft is not None

        await exchange.hears(make.a_withdrawal(proposal))
        await exchange.sender._send(draft)

        assert await exchange.states() == ["expired"]
        assert mail_server.mailbox.mails_to(kim.email) == ()


class TestListings:
    async def test_a_closed_listing_is_neither_announced_nor_asked_about(
        self, exchange: Exchange, make: Builders, kim: MemberState
    ) -> None:
        published = make.a_listing("FFP2-Masken", by=org(kim))
        question = make.a_question_of_freshness("FFP2-Masken", by=org(kim))
        await exchange.hears(published, question)

        await exchange.hears(
            make.a_closing(published.listing_id, by=org(kim)),
            make.a_closing(question.listing_id, by=org(kim)),
        )

        assert await reasons(exchange) == [("expired", Unsent.LISTING_CLOSED)] * 2

    async def test_a_message_about_a_closed_listing_is_still_passed_on(
        self, exchange: Exchange, make: Builders, kim: MemberState, ole: MemberState
    ) -> None:
        message = make.a_message("Geht das noch?", owner=org(kim), requester=ole, name=None)
        await exchange.hears(message)

        await exchange.hears(make.a_closing(message.listing_id, by=org(kim)))
        await exchange.sends_all()

        assert await exchange.states() == ["sent"]


class TestContacts:
    @pytest.mark.parametrize("answered_first", [False, True])
    async def test_a_message_that_a_colleague_answered_is_not_mailed(
        self,
        exchange: Exchange,
        make: Builders,
        kim: MemberState,
        ole: MemberState,
        *,
        answered_first: bool,
    ) -> None:
        message = make.a_message("Geht das?", owner=org(kim), requester=ole, name=None)
        answer = make.a_refusal(owner=org(kim), requester=ole, contact_id=message.contact_id)
        told: list[Any] = [message, answer]
        for event in reversed(told) if answered_first else told:
            await exchange.hears(event)

        assert {mail["template"]: mail["state"] for mail in await exchange.mails()} == {
            "contact_requested": "expired",
            "contact_declined": "pending",
        }

    @pytest.mark.parametrize("answered_first", [False, True])
    async def test_nobody_is_reminded_of_what_was_answered(
        self,
        exchange: Exchange,
        make: Builders,
        kim: MemberState,
        ole: MemberState,
        *,
        answered_first: bool,
    ) -> None:
        due = make.a_reminder(owner=org(kim), requester=ole)
        answer = make.an_acceptance(owner=kim, requester=ole, contact_id=due.contact_id)
        told: list[Any] = [due, answer]
        for event in reversed(told) if answered_first else told:
            await exchange.hears(event)

        [reminder] = [m for m in await exchange.mails() if m["template"] == "contact_answer_due"]
        assert (reminder["state"], reminder["diagnostic"]) == ("expired", Unsent.CONTACT_ANSWERED)

    async def test_a_reminder_is_of_use_until_the_contact_lapses(
        self, exchange: Exchange, make: Builders, kim: MemberState, ole: MemberState
    ) -> None:
        due = make.a_reminder(
            owner=org(kim), requester=ole, lapses_at=datetime.now(UTC) - timedelta(minutes=1)
        )

        await exchange.hears(due)

        assert await exchange.states() == ["expired"]

    @pytest.mark.parametrize(
        ("ended", "why"),
        [
            (Builders.a_lapse, Unsent.CONTACT_LAPSED),
            (Builders.taken_back, Unsent.CONTACT_WITHDRAWN),
        ],
    )
    async def test_nor_is_one_that_ended_without_an_answer(
        self,
        exchange: Exchange,
        make: Builders,
        kim: MemberState,
        ole: MemberState,
        *,
        ended: Callable[..., Any],
        why: Unsent,
    ) -> None:
        message = make.a_message("Geht das?", owner=org(kim), requester=ole, name=None)
        await exchange.hears(message)

        await exchange.hears(
            ended(make, owner=org(kim), requester=ole, contact_id=message.contact_id)
        )

        [waiting] = [m for m in await exchange.mails() if m["template"] == "contact_requested"]
        assert waiting["diagnostic"] == why


async def test_endings_are_forgotten_when_no_mail_can_need_them(
    exchange: Exchange, make: Builders
) -> None:
    await exchange.hears(make.a_closing(uuid4(), by=uuid4()))
    sweeper = Sweeper(sweeps, pool=exchange.pool, clock=exchange.clock, every_seconds=60)

    await sweeper.run_once(exchange.clock() + timedelta(days=89))
    assert len(await exchange.rows("select 1 from ending")) == 1
    await sweeper.run_once(exchange.clock() + timedelta(days=91))
    assert await exchange.rows("select 1 from ending") == []
