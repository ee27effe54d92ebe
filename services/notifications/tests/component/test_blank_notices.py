"""A mail whose notice was blanked has nothing to say: it waits for nothing and is settled."""

import asyncio
from uuid import uuid4

from notification_builders import Builders
from notification_scene import Exchange

from chassis.sweeps import Sweeper
from embedded.testing import eventually
from notifications import commands, operating
from notifications.mail import Unsent
from notifications.sweeps import sweeps

OWNER = uuid4()
WAITING = (
    "select exists (select from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock')"
)


async def test_a_mail_sent_again_while_its_subject_is_erased_stays_as_it_is(
    exchange: Exchange, make: Builders
) -> None:
    rita = make.a_member("Rita", roles=("moderator",))
    await exchange.hears(make.a_member("Kim", of=OWNER), rita)
    await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER))
    await exchange.rows("update mail set state = 'failed'")
    [mail] = await exchange.mails()

    async def releases() -> bool:
        async with exchange.pool.transaction() as connection:
            return await operating.release(connection, mail["id"], rita, now=exchange.clock())

    async with exchange.pool.transaction() as erasing:
        await commands.erase(erasing, OWNER, now=exchange.clock())
        release = asyncio.create_task(releases())

        async def is_done_or_waits() -> bool:
            return release.done() or bool((await exchange.rows(WAITING))[0]["exists"])

        await eventually(is_done_or_waits)

    assert not await release
    assert await exchange.states() == ["failed"]
    assert await exchange.rows("select 1 from operator_action") == []


async def test_one_that_waits_all_the_same_is_settled_by_the_next_sweep(
    exchange: Exchange, make: Builders
) -> None:
    await exchange.hears(make.a_member("Kim", of=OWNER))
    await exchange.hears(make.a_listing("Ventile", by=OWNER))
    await exchange.rows("update notice set event = null")
    await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER))

    await Sweeper(sweeps, pool=exchange.pool, clock=exchange.clock, every_seconds=60).run_once(
        exchange.clock()
    )

    outcomes = {(mail["state"], mail["diagnostic"]) for mail in await exchange.mails()}
    assert outcomes == {("expired", Unsent.NOTHING_LEFT), ("pending", None)}
