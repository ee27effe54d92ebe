"""What falls due with time in notifications: stale mails expire, old texts go."""

from datetime import timedelta
from typing import Protocol
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.sweeps import Sweeper
from embedded.mail import Mail as MailCatcher
from notifications.sweeps import sweeps


class Run(Protocol):
    """Runs all sweeps as of so much later; the names of those that stopped."""

    async def __call__(self, **later: float) -> tuple[str, ...]: ...


@pytest.fixture
def sweep(exchange: Exchange) -> Run:
    sweeper = Sweeper(sweeps, pool=exchange.pool, clock=exchange.clock, every_seconds=60)

    async def run(**later: float) -> tuple[str, ...]:
        return await sweeper.run_once(exchange.clock() + timedelta(**later))

    return run


class TestSweeps:
    async def test_a_mail_that_outlived_its_use_expires(
        self, exchange: Exchange, make: Builders, sweep: Run, mail_server: MailCatcher
    ) -> None:
        event = make.a_sign_in()
        await exchange.hears(event)

        await sweep(minutes=5)
        assert await exchange.states() == ["pending"]
        await sweep(minutes=20)
        assert await exchange.states() == ["expired"]

        await exchange.sends_all()
        assert mail_server.mailbox.mails_to(event.email) == ()

    async def test_after_90_days_texts_and_addresses_are_gone(
        self, exchange: Exchange, make: Builders, sweep: Run
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()

        await sweep(days=89)
        [kept] = await exchange.mails()
        await sweep(days=91)
        [blanked] = await exchange.mails()

        assert "Dosierpumpen" in kept["text"]
        assert blanked["state"] == "sent"
        for column in ("address", "subject", "text", "html", "diagnostic"):
            assert blanked[column] is None
        assert await exchange.rows("select 1 from notice where event is not null") == []

    async def test_after_90_days_nobody_waits_for_the_answer_to_a_handing_over(
        self, exchange: Exchange, make: Builders, sweep: Run
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.rows("update mail set state = 'sending'")

        await sweep(days=91)

        assert await exchange.states() == ["expired"]

    async def test_a_clock_that_ran_away_does_not_empty_the_archive(
        self, exchange: Exchange, make: Builders, sweep: Run
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await exchange.hears(*(make.a_listing(f"Pumpe {n}", by=owner) for n in range(60)))

        stopped = await sweep(days=91)

        assert stopped == ("blank_old_texts",)
        [row] = await exchange.rows("select count(*) from notice where event is not null")
        assert row["count"] == 60

    async def test_waiting_notices_find_their_members(
        self, exchange: Exchange, make: Builders, sweep: Run
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.keeps(make.a_member(of=owner))

        await sweep(minutes=1)

        assert await exchange.states() == ["pending"]
