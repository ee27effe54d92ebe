"""Somebody is erased while mails are on their way: who waits is told, nobody is named."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from embedded.mail import Mail as MailCatcher
from embedded.testing import eventually
from notifications import commands
from notifications.contact_letters import CONTACT_REQUESTED
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Frequency, MailPurpose

OWNER = uuid4()
ERASED = Gone(state=OrganisationState, id=OWNER, revision=10**15)
WAITING = (
    "select exists (select from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock')"
)
Work = Callable[[Connection], Awaitable[None]]


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    """Acts for the organisation that is erased."""
    member = make.a_member("Kim Muster", of=OWNER)
    await exchange.hears(make.an_organisation("Hanse Textil GmbH", OWNER), member)
    return member


class TestRequesterOfAnErasedOwner:
    @pytest.mark.parametrize("erased_first", [True, False])
    @pytest.mark.parametrize(
        ("language", "subject", "says"),
        [
            ("de", "Keine Antwort auf Ihre Nachricht", "der nicht mehr besteht"),
            ("en", "No reply to your message", "a listing that no longer exists"),
        ],
    )
    async def test_is_told_that_nothing_comes(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        *,
        erased_first: bool,
        language: str,
        subject: str,
        says: str,
    ) -> None:
        ole = make.a_member("Ole Petersen", of=uuid4(), language=language)
        await exchange.hears(ole)
        lapse = make.a_lapse(owner=OWNER, requester=ole, listing_title="")

        await exchange.hears(*((ERASED, lapse) if erased_first else (lapse, ERASED)))
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(ole.email)
        assert mail.subject == subject
        for body in (" ".join(mail.text.split()), " ".join(mail.html.split())):
            assert body.count(says) == 2
            assert "„“" not in body
            assert "“”" not in body
            for theirs in ("FFP2", "Hanse Textil", "Kim Muster", kim.email, str(OWNER)):
                assert theirs not in body
        assert mail_server.mailbox.mails_to(kim.email) == ()

    async def test_gets_no_mail_that_still_names_the_listing(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        ole = make.a_member("Ole", of=uuid4())
        await exchange.hears(ole, make.a_lapse(owner=OWNER, requester=ole))

        await exchange.hears(ERASED)
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert mail_server.mailbox.mails_to(ole.email) == ()

    async def test_who_is_erased_as_well_is_told_nothing(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        ole = make.a_member("Ole", of=uuid4())
        await exchange.hears(ole, ERASED)
        await exchange.hears(make.a_lapse(owner=OWNER, requester=ole, listing_title=""))

        await exchange.loses(MemberState, ole.member_id)
        await exchange.sends_all()

        assert mail_server.mailbox.mails_to(ole.email) == ()
        assert await exchange.rows("select 1 from notice where event is not null") == []


class TestErasureBesideAnotherReplica:
    """One replica addresses and has not committed; the other hears the tombstone meanwhile."""

    @pytest.fixture
    async def ole(self, exchange: Exchange, make: Builders) -> MemberState:
        """Writes to Kim, and is erased; the first test needs no copy of him to be known."""
        return make.a_member("Ole", of=uuid4())

    @pytest.mark.parametrize("known", [True, False])
    async def test_what_the_other_one_queued_is_not_sent(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        ole: MemberState,
        *,
        known: bool,
    ) -> None:
        if known:
            await exchange.hears(ole)
        message = make.a_message("Haben Sie noch welche?", owner=OWNER, requester=ole, name=None)

        async def notify(connection: Connection) -> None:
            cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
            now = datetime.now(UTC)
            await commands.notify(connection, CONTACT_REQUESTED, message, cause=cause, now=now)

        await erased_beside(notify, exchange, ole)
        await exchange.sends_all()

        assert await exchange.states() == ["suppressed"]
        assert await exchange.rows("select 1 from notice where event is not null") == []
        assert mail_server.mailbox.mails_to(kim.email) == ()

    @pytest.mark.parametrize("swept", [True, False])
    async def test_what_waited_for_its_reader_does_not_stop_the_queue(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        ole: MemberState,
        *,
        swept: bool,
    ) -> None:
        kim = make.a_member("Kim", of=OWNER)
        await exchange.hears(
            ole, make.a_message("Haben Sie welche?", owner=OWNER, requester=ole, name=None)
        )
        await exchange.keeps(kim)

        async def address(connection: Connection) -> None:
            if swept:
                await commands.address_waiting(connection, now=datetime.now(UTC))
            else:
                await commands.address_waiting_for(
                    connection, [kim.member_id], now=datetime.now(UTC)
                )

        await erased_beside(address, exchange, ole)
        await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER))
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert "Dosierpumpen" in mail.subject
        assert sorted(await exchange.states()) == ["sent", "suppressed"]

    async def test_what_they_just_chose_is_forgotten(
        self, exchange: Exchange, ole: MemberState
    ) -> None:
        await exchange.hears(ole)

        await erased_beside(lambda other: chooses(other, ole), exchange, ole)

        assert await exchange.rows("select member_id from preference") == []
        assert await exchange.rows("select member_id from consent") == []
        [said] = await exchange.said("subscription.changed")
        assert said["payload"] is None

    async def test_who_is_gone_chooses_nothing(self, exchange: Exchange, ole: MemberState) -> None:
        await exchange.loses(MemberState, ole.member_id)

        async with exchange.pool.transaction() as connection:
            await chooses(connection, ole)

        assert await exchange.rows("select member_id from preference") == []
        assert await exchange.said("subscription.changed") == []

    async def test_a_mail_whose_notice_is_blank_is_passed_over(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
    ) -> None:
        await exchange.hears(make.a_listing("Ventile", by=OWNER))
        await exchange.rows("update notice set event = null")

        await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER))
        await exchange.sends_all()

        [mail] = mail_server.mailbox.mails_to(kim.email)
        assert "Dosierpumpen" in mail.subject
        assert sorted(await exchange.states()) == ["pending", "sent"]


async def chooses(connection: Connection, member: MemberState) -> None:
    await commands.choose_frequency(
        connection,
        member.member_id,
        MailPurpose.SURVEYS,
        Frequency.NEVER,
        given_by="page",
        cause=Cause(correlation_id=uuid4(), event_id=str(uuid4())),
        now=datetime.now(UTC),
    )


async def erased_beside(work: Work, exchange: Exchange, whom: MemberState) -> None:
    """The tombstone is heard after the work and before its commit, as far as it does not wait."""
    async with exchange.pool.transaction() as other:
        await work(other)
        erasing = asyncio.create_task(exchange.loses(MemberState, whom.member_id))

        async def is_done_or_waits() -> bool:
            return erasing.done() or bool((await exchange.rows(WAITING))[0]["exists"])

        await eventually(is_done_or_waits)
    await erasing
