"""The first hit of a saved search is told at once, what follows soon after comes in one mail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from embedded.mailbox import CaughtMail
from notifications import commands
from notifications.digest import Rhythm
from notifications.search_letters import SEARCH_HIT
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.search import SearchHit
from schemas.vocabulary import Frequency, MailPurpose

ENDS = Rhythm().period_end(datetime.now(UTC))
MIDDLE = ENDS - Rhythm().period / 2


@dataclass(frozen=True, kw_only=True)
class Searcher:
    """A member whose saved search finds something, and what they get."""

    member: MemberState
    make: Builders
    exchange: Exchange
    mail_server: MailCatcher

    def hits(self, count: int) -> list[SearchHit]:
        return [
            self.make.a_hit(f"Pumpe <{number:03}>", of=self.member, occurred_at=MIDDLE)
            for number in range(count)
        ]

    async def is_told(self, *hits: SearchHit, at: datetime = MIDDLE) -> None:
        """They are heard, half a period before its end; what is due then goes out."""
        async with self.exchange.pool.transaction() as connection:
            for each in hits:
                cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
                await commands.notify(connection, SEARCH_HIT, each, cause=cause, now=at)
        await self.waits(until=at)

    async def waits(self, *, until: datetime) -> None:
        self.exchange.clock.now = until
        await self.exchange.sends_all()

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        return self.mail_server.mailbox.mails_to(self.member.email)


Somebody = Callable[..., Awaitable[Searcher]]


@pytest.fixture
def searching(exchange: Exchange, make: Builders, mail_server: MailCatcher) -> Somebody:
    async def somebody(name: str, language: str = "de") -> Searcher:
        member = make.a_member(name, of=uuid4(), language=language)
        await exchange.hears(member)
        return Searcher(member=member, make=make, exchange=exchange, mail_server=mail_server)

    return somebody


@pytest.fixture
async def kim(searching: Somebody) -> Searcher:
    return await searching("Kim")


class TestManyHits:
    async def test_are_two_mails_the_first_at_once(self, kim: Searcher) -> None:
        first, *others = kim.hits(60)

        await kim.is_told(first, *others)
        at_once = kim.mails
        await kim.waits(until=ENDS)

        [alone] = at_once
        [_, together] = kim.mails
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

    async def test_read_in_english_as_well(self, searching: Somebody) -> None:
        eve = await searching("Eve", language="en")

        await eve.is_told(*eve.hits(3))
        await eve.waits(until=ENDS)

        [_, together] = eve.mails
        assert together.subject == "New for your searches: 2 hits"
        assert "New offer for “Dosierpumpe Labor”" in together.text

    async def test_that_follow_alone_read_as_ever(self, kim: Searcher) -> None:
        await kim.is_told(*kim.hits(2))
        await kim.waits(until=ENDS)

        [_, second] = kim.mails
        assert second.subject == "Neu zu Ihrer Suche „Dosierpumpe Labor“: Pumpe <001>"
        assert "Diese Suche löschen: https://" in second.text

    async def test_after_a_quiet_period_are_told_at_once_again(self, kim: Searcher) -> None:
        first, later = kim.hits(2)

        await kim.is_told(first)
        await kim.is_told(later, at=MIDDLE + Rhythm().period + timedelta(minutes=1))

        assert len(kim.mails) == 2

    async def test_heard_again_are_told_once(self, kim: Searcher, exchange: Exchange) -> None:
        await kim.is_told(*kim.hits(3))
        await kim.waits(until=ENDS)

        later = ENDS + timedelta(days=1)
        await exchange.rows("update notice set closes_at = $1", later + timedelta(days=1))
        async with exchange.pool.transaction() as connection:
            await commands.address_waiting_for(connection, [kim.member.member_id], now=later)
        await kim.waits(until=later + Rhythm().period)

        assert len(kim.mails) == 2


class TestUntilItGoesOut:
    async def test_closed_and_erased_listings_are_left_out(
        self, kim: Searcher, exchange: Exchange, make: Builders
    ) -> None:
        _, closed, erased, still_there = found = kim.hits(4)
        await kim.is_told(*found)

        await exchange.hears(make.a_closing(closed.listing_id, by=closed.organisation_id))
        await exchange.loses(OrganisationState, erased.organisation_id)
        await kim.waits(until=ENDS)

        [_, mail] = kim.mails
        assert mail.subject.endswith(still_there.title)
        for gone in (closed, erased):
            assert gone.title not in mail.text

    async def test_whoever_unsubscribes_gets_nothing_more(
        self, kim: Searcher, exchange: Exchange
    ) -> None:
        await kim.is_told(*kim.hits(3))

        async with exchange.pool.transaction() as connection:
            await commands.choose_frequency(
                connection,
                kim.member.member_id,
                MailPurpose.PROPOSALS,
                Frequency.NEVER,
                given_by="one-click",
                cause=Cause(correlation_id=uuid4(), event_id=str(uuid4())),
                now=MIDDLE,
            )
        await kim.waits(until=ENDS)

        assert len(kim.mails) == 1
        assert sorted(await exchange.states()) == ["sent", "suppressed"]
