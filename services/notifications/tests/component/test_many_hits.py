"""The first hit of a saved search is told at once, what follows soon after comes in one mail."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from notifications import commands
from notifications.digest import Rhythm
from notifications.search_letters import SEARCH_HIT
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.search import SearchHit
from schemas.vocabulary import Frequency, MailPurpose

ENDS = Rhythm().period_end(datetime.now(UTC))
MIDDLE = ENDS - Rhythm().period / 2
Tells = Callable[..., Awaitable[None]]


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    member = make.a_member("Kim", of=uuid4())
    await exchange.hears(member)
    return member


@pytest.fixture
def tells(exchange: Exchange) -> Tells:
    """Hits are heard, half a period before its end; what is due then goes out."""

    async def told(*hits: SearchHit, at: datetime = MIDDLE) -> None:
        async with exchange.pool.transaction() as connection:
            for each in hits:
                cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
                await commands.notify(connection, SEARCH_HIT, each, cause=cause, now=at)
        exchange.clock.now = at
        await exchange.sends_all()

    return told


def hits(make: Builders, count: int, *, of: MemberState) -> list[SearchHit]:
    return [make.a_hit(f"Pumpe <{n:03}>", of=of, occurred_at=MIDDLE) for n in range(count)]


async def sent_at(exchange: Exchange, now: datetime) -> None:
    exchange.clock.now = now
    await exchange.sends_all()


class TestManyHits:
    async def test_are_two_mails_the_first_at_once(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        first, *others = hits(make, 60, of=kim)

        await tells(first, *others)
        at_once = mail_server.mailbox.mails_to(kim.email)
        await sent_at(exchange, ENDS)

        [alone] = at_once
        [_, together] = mail_server.mailbox.mails_to(kim.email)
        assert alone.subject == "Neu zu Ihrer Suche „Dosierpumpe Labor“: Pumpe <000>"
        assert together.subject == "Neu zu Ihren Suchen: 59 Treffer"
        for each in others[:50]:
            assert f"- {each.title} (aus Güstrow)\n" in together.text
            assert f"https://boerse.example.org/listings/{each.listing_id}\n" in together.text
            assert each.title in unescape(together.html)
            assert each.title not in together.html
        assert "Neues Angebot zu „Dosierpumpe Labor“" in together.text
        assert others[50].title not in together.text
        assert "Weitere Treffer: 9." in together.text
        assert "https://boerse.example.org/matching/searches\n" in together.text
        assert together.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/matching/searches/" not in together.text, "no link deletes one search of several"

    async def test_read_in_english_as_well(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        tells: Tells,
    ) -> None:
        eve = make.a_member("Eve", of=uuid4(), language="en")
        await exchange.hears(eve)

        await tells(*hits(make, 3, of=eve))
        await sent_at(exchange, ENDS)

        [_, together] = mail_server.mailbox.mails_to(eve.email)
        assert together.subject == "New for your searches: 2 hits"
        assert "New offer for “Dosierpumpe Labor”" in together.text

    async def test_that_follow_alone_read_as_ever(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        await tells(*hits(make, 2, of=kim))
        await sent_at(exchange, ENDS)

        [_, second] = mail_server.mailbox.mails_to(kim.email)
        assert second.subject == "Neu zu Ihrer Suche „Dosierpumpe Labor“: Pumpe <001>"
        assert "Diese Suche löschen: https://" in second.text

    async def test_after_a_quiet_period_are_told_at_once_again(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        first, later = hits(make, 2, of=kim)

        await tells(first)
        await tells(later, at=MIDDLE + Rhythm().period + timedelta(minutes=1))

        assert len(mail_server.mailbox.mails_to(kim.email)) == 2

    async def test_heard_again_are_told_once(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        await tells(*hits(make, 3, of=kim))
        await sent_at(exchange, ENDS)

        later = ENDS + timedelta(days=1)
        await exchange.rows("update notice set closes_at = $1", later + timedelta(days=1))
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting_for(connection, [kim.member_id], now=later)
        await sent_at(exchange, later + Rhythm().period)

        assert len(mail_server.mailbox.mails_to(kim.email)) == 2


class TestUntilItGoesOut:
    async def test_closed_and_erased_listings_are_left_out(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        _, closed, erased, still_there = found = hits(make, 4, of=kim)
        await tells(*found)

        await exchange.hears(make.a_closing(closed.listing_id, by=closed.organisation_id))
        await exchange.loses(OrganisationState, erased.organisation_id)
        await sent_at(exchange, ENDS)

        [_, mail] = mail_server.mailbox.mails_to(kim.email)
        assert mail.subject.endswith(still_there.title)
        for gone in (closed, erased):
            assert gone.title not in mail.text

    async def test_whoever_unsubscribes_gets_nothing_more(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        kim: MemberState,
        tells: Tells,
    ) -> None:
        await tells(*hits(make, 3, of=kim))

        async with exchange.pool.transaction() as connection:
            await commands.choose_frequency(
                connection,
                kim.member_id,
                MailPurpose.PROPOSALS,
                Frequency.NEVER,
                given_by="one-click",
                cause=Cause(correlation_id=uuid4(), event_id=str(uuid4())),
                now=MIDDLE,
            )
        await sent_at(exchange, ENDS)

        assert len(mail_server.mailbox.mails_to(kim.email)) == 1
        assert sorted(await exchange.states()) == ["sent", "suppressed"]
