"""A mail server that fails over one mail, or between two, holds nobody else's mail up."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from notifications.mail_server import HandoverUnknown, MailServer, ServerUnavailable
from schemas.member import SignInRequested

ANSWER_SECONDS = 0.8
PONDERING_SECONDS = 60


async def queued(exchange: Exchange, make: Builders) -> tuple[SignInRequested, SignInRequested]:
    """Two mails, the first of which is useful shorter."""
    now = exchange.clock()
    first = make.a_sign_in(at=now, email=make.address("first"))
    second = make.a_sign_in(at=now + timedelta(minutes=5), email=make.address("second"))
    await exchange.hears(first, second)
    return first, second


async def mail_to(exchange: Exchange, event: SignInRequested) -> Any:
    [row] = await exchange.rows("select * from mail where member_id = $1", event.member_id)
    return row


class TestOneMail:
    async def assert_only_the_first_waits(self, exchange: Exchange, make: Builders) -> None:
        first, second = await queued(exchange, make)

        with pytest.raises(ServerUnavailable):
            await exchange.sends_all()
        await exchange.sends_all()

        waiting = await mail_to(exchange, first)
        assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
        assert waiting["due_at"] > exchange.clock()
        assert (await mail_to(exchange, second))["state"] == "sent"

    async def test_over_which_the_server_closes_the_session_comes_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        mail_server.mailbox.refuse(make.address("first"), "421 4.3.2 closing")

        await self.assert_only_the_first_waits(exchange, make)

    async def test_whose_recipient_the_server_ponders_comes_later(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        mail_server.mailbox.keep_waiting(make.address("first"), PONDERING_SECONDS)

        await self.assert_only_the_first_waits(exchange.with_settings(smtp_command_seconds=2), make)

    async def test_whose_offer_takes_too_long_in_all_comes_later(
        self,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("notifications.mail_server.OFFER_SECONDS", 2)
        mail_server.mailbox.keep_waiting(make.address("first"), PONDERING_SECONDS)

        await self.assert_only_the_first_waits(exchange, make)

    async def test_that_failed_for_a_day_is_given_up_and_its_address_is_not(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        member = make.a_member(of=uuid4())
        mail_server.mailbox.refuse(member.email, "421 4.3.2 closing")
        await exchange.hears(member)
        await exchange.hears(make.a_listing("Pumpen", by=member.organisation_ids[0]))

        while await exchange.states() == ["pending"]:
            with pytest.raises(ServerUnavailable):
                await exchange.sends_all()
            exchange.clock.turn(hours=4)

        assert await exchange.states() == ["failed"]
        [bounced] = await exchange.said("mail.bounced")
        assert b'"hard":false' in bounced["payload"]
        assert await exchange.rows("select 1 from suppression") == []


@asynccontextmanager
async def server_that_only_greets() -> AsyncIterator[int]:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 welcome\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.fixture
def slow_in_both_answers(mail_server: MailCatcher) -> Iterator[None]:
    mail_server.mailbox.ask_after(ANSWER_SECONDS)
    mail_server.mailbox.answer_after(ANSWER_SECONDS)
    yield
    mail_server.mailbox.ask_after(0)
    mail_server.mailbox.answer_after(0)


class TestHandover:
    @pytest.mark.usefixtures("slow_in_both_answers")
    async def test_is_over_within_its_limit_though_the_server_answers_twice(
        self, exchange: Exchange, make: Builders
    ) -> None:
        settings = exchange.with_settings(smtp_data_seconds=1).runtime.settings
        server = MailServer(settings)
        await server.offer(sender="boerse@example.org", recipient=make.address("kim"))

        # Each of the two answers comes within the limit: it is for both together.
        with pytest.raises(HandoverUnknown):
            await server.hand_over(b"Subject: Passt das?\r\n\r\nGern.\r\n")


class TestNoMail:
    async def test_is_held_up_by_a_session_that_ended_while_it_was_kept(
        self, exchange: Exchange, make: Builders, mail_server: MailCatcher
    ) -> None:
        _, second = await queued(exchange, make)
        await exchange.sender.turn()

        mail_server.mailbox.hang_up()
        await exchange.sender.turn()

        mail = await mail_to(exchange, second)
        assert (mail["state"], mail["attempts"]) == ("sent", 1)
        assert len(mail_server.mailbox.mails_to(second.email)) == 1

    async def test_pays_for_a_server_that_opens_no_session(
        self, exchange: Exchange, make: Builders
    ) -> None:
        await queued(exchange, make)

        async with server_that_only_greets() as port:
            with pytest.raises(ServerUnavailable):
                await exchange.with_settings(smtp_port=port).sends_all()

        assert {(mail["state"], mail["attempts"]) for mail in await exchange.mails()} == {
            ("pending", 0)
        }
