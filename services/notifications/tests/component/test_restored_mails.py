"""After a restore: what may have gone out is held, and what time alone causes goes out once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.restoring import Restoration
from notifications import commands
from schemas.event import Fact
from schemas.member import MemberState

HELD = "select diagnostic from mail where state = 'held'"
EARLIER = datetime.now(UTC) - timedelta(hours=1)


async def restore(exchange: Exchange, *, at: datetime) -> None:
    """What the chassis and this service do with the database of a restored server."""
    restoration = Restoration(restored_to=at - timedelta(hours=1), restored_at=at, words={})
    async with exchange.pool.transaction() as connection:
        await connection.execute(
            "insert into restoration (restored_to, restored_at) values ($1, $2)",
            restoration.restored_to,
            restoration.restored_at,
        )
        await commands.hold_after_restore(connection, restoration)


class TestHeld:
    async def test_a_mail_that_waited_is_held(self, exchange: Exchange, make: Builders) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner), make.a_listing("Dosierpumpen", by=owner))

        await restore(exchange, at=exchange.clock())
        await exchange.sends_all()

        assert await exchange.states() == ["held"]
        assert [row["diagnostic"] for row in await exchange.rows(HELD)] == [
            "restored: it may have gone out already"
        ]

    async def test_a_cause_from_before_it_that_is_heard_again_is_held(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await restore(exchange, at=exchange.clock())

        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()

        assert await exchange.states() == ["held"]

    async def test_a_cause_after_it_is_sent(self, exchange: Exchange, make: Builders) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await restore(exchange, at=EARLIER)

        await exchange.hears(make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()

        assert await exchange.states() == ["sent"]

    async def test_a_cause_that_is_too_old_is_expired_as_ever(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner))
        await restore(exchange, at=exchange.clock())
        long_ago = datetime.now(UTC) - timedelta(days=8)

        await exchange.hears(make.a_listing("Dosierpumpen", by=owner, occurred_at=long_ago))

        [mail] = await exchange.mails()
        assert (mail["state"], mail["diagnostic"]) == ("expired", None)

    async def test_what_was_sent_before_stays_sent(
        self, exchange: Exchange, make: Builders
    ) -> None:
        owner = uuid4()
        await exchange.hears(make.a_member(of=owner), make.a_listing("Dosierpumpen", by=owner))
        await exchange.sends_all()

        await restore(exchange, at=exchange.clock())

        assert await exchange.states() == ["sent"]


def _question(make: Builders, kim: MemberState) -> Fact:
    return make.a_question_of_freshness("Dosierpumpen", by=kim.organisation_ids[0])


def _proposal(make: Builders, kim: MemberState) -> Fact:
    return make.a_proposal(offer_by=kim.organisation_ids[0], request_by=uuid4())


def _reminder(make: Builders, kim: MemberState) -> Fact:
    return make.a_reminder(owner=kim.organisation_ids[0], requester=make.a_member(of=uuid4()))


def _lapse(make: Builders, kim: MemberState) -> Fact:
    return make.a_lapse(owner=uuid4(), requester=kim)


def _outcome(make: Builders, kim: MemberState) -> Fact:
    return make.a_question(of=kim, counterpart=uuid4())


class TestOnce:
    @pytest.mark.parametrize("event_of", [_question, _proposal, _reminder, _lapse, _outcome])
    async def test_what_a_sweep_says_again_after_it_forgot_is_no_second_mail(
        self,
        exchange: Exchange,
        make: Builders,
        event_of: Callable[[Builders, MemberState], Any],
    ) -> None:
        kim = make.a_member(of=uuid4())
        event = event_of(make, kim)
        await exchange.hears(kim, event)

        again = event.model_copy(update={"occurred_at": datetime.now(UTC), "revision": 9})
        await exchange.hears(again)

        assert await exchange.states() == ["pending"]
