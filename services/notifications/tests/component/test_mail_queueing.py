"""One event in: the mails it leads to, once each, whatever comes first."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from notifications import commands, letters
from schemas.member import MemberState
from schemas.organisation import OrganisationState


class TestNotify:
    async def test_both_sides_of_a_proposal_get_a_mail(
        self, exchange: Exchange, make: Builders
    ) -> None:
        seller, buyer = uuid4(), uuid4()
        await exchange.hears(make.a_member("Kim", of=seller), make.a_member("Ole", of=buyer))

        await exchange.hears(make.a_proposal(offer_by=seller, request_by=buyer))

        assert await exchange.states() == ["pending", "pending"]

    async def test_redelivery_changes_nothing(self, exchange: Exchange, make: Builders) -> None:
        owner = uuid4()
        event = make.a_listing("Dosierpumpen", by=owner)
        cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
        await exchange.hears(make.a_member(of=owner))

        await exchange.hears(event, cause=cause)
        await exchange.hears(event, cause=cause)

        assert len(await exchange.mails()) == 1

    async def test_a_rollback_leaves_nothing(self, exchange: Exchange, make: Builders) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))

        async def fails_after_queueing() -> None:
            async with exchange.pool.transaction() as connection:
                await commands.notify(
                    connection,
                    letters.LISTING_PUBLISHED,
                    make.a_listing("Dosierpumpen", by=owner),
                    cause=Cause(correlation_id=uuid4(), event_id="1"),
                    now=datetime.now(UTC),
                )
                raise LookupError

        with pytest.raises(LookupError):
            await fails_after_queueing()

        assert await exchange.mails() == []
        assert await exchange.rows("select 1 from notice") == []

    async def test_a_mail_waits_for_members_that_become_known_later(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        assert await exchange.mails() == []

        await exchange.hears(make.a_member("Kim", of=owner))
        await exchange.hears(make.a_member("Ole", of=owner))

        assert len(await exchange.mails()) == 2

    async def test_the_sweep_finds_a_member_who_came_in_the_same_moment(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        member = make.a_member(of=owner)
        await exchange.keeps(member)
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting(connection, now=datetime.now(UTC))

        assert await exchange.states() == ["pending"]

    async def test_a_colleague_who_joins_much_later_gets_no_old_mail(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member("Kim", of=owner))
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        late = make.a_member("Ole", of=owner)
        await exchange.keeps(late)
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting_for(
                connection, [late.member_id], now=datetime.now(UTC) + timedelta(hours=2)
            )

        assert len(await exchange.mails()) == 1

    async def test_an_old_cause_is_recorded_as_expired_and_not_sent(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in(at=datetime.now(UTC) - timedelta(hours=1))

        await exchange.hears(event)
        await exchange.sends_all()

        assert await exchange.states() == ["expired"]
        assert mail_server.mailbox.mails_to(event.email) == ()

    async def test_an_event_about_somebody_erased_leads_to_no_mail(
        self, exchange: Exchange, make: Builders
    ) -> None:
        event = make.a_sign_in()
        await exchange.loses(MemberState, event.member_id)

        await exchange.hears(event)

        assert await exchange.mails() == []


class TestErasure:
    async def test_a_members_mails_are_blanked_at_once(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        member = make.a_member(of=owner)
        await exchange.hears(member, make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()
        await exchange.hears(make.a_listing("Ventile", by=owner))

        await exchange.loses(MemberState, member.member_id)

        mails = await exchange.mails()
        assert {mail["state"] for mail in mails} == {"sent", "suppressed"}
        for column in ("address", "subject", "text", "html"):
            assert [mail[column] for mail in mails] == [None, None]

    async def test_a_message_of_an_erased_member_is_not_sent_any_more(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        owner, seeker = uuid4(), make.a_member("Ole", of=uuid4())
        await exchange.hears(
            make.a_member("Kim", of=owner),
            seeker,
            make.a_message("Haben Sie noch welche?", owner=owner, requester=seeker, name=None),
        )

        await exchange.loses(MemberState, seeker.member_id)
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert await exchange.rows("select 1 from notice where event is not null") == []
        assert mail_server.mailbox.mails_to(make.address("kim")) == ()

    async def test_an_erased_organisations_notices_are_blanked(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))

        await exchange.loses(OrganisationState, owner)

        assert await exchange.rows("select 1 from notice where event is not null") == []
