"""What `doctor` finds in the queue: held mails and a queue that stands still."""

from uuid import uuid4

from notification_builders import Builders
from notification_scene import Exchange

from notifications.doctor import mail_findings


async def found(exchange: Exchange) -> list[str]:
    async with exchange.pool.connection() as connection:
        findings = await mail_findings(connection, exchange.runtime.settings)
    return [str(finding) for finding in findings]


async def a_waiting_mail(exchange: Exchange, make: Builders) -> None:
    owner = uuid4()
    await exchange.hears(make.a_member(of=owner))
    await exchange.hears(make.a_listing("Dosierpumpen", by=owner))


async def changed(exchange: Exchange, statement: str) -> None:
    async with exchange.pool.transaction() as connection:
        await connection.execute(statement)


async def test_a_fresh_mail_is_no_finding(exchange: Exchange, make: Builders) -> None:
    await a_waiting_mail(exchange, make)

    assert await exchange.states() == ["pending"]
    assert await found(exchange) == []


async def test_a_held_mail_waits_for_a_decision(exchange: Exchange, make: Builders) -> None:
    await a_waiting_mail(exchange, make)
    await changed(exchange, "update mail set state = 'held'")

    [said] = await found(exchange)

    assert said.startswith("1 mails are held: nobody knows whether they arrived.")
    assert said.endswith("/notifications/mails/held")


async def test_a_queue_that_stands_still_is_told_with_its_age(
    exchange: Exchange, make: Builders
) -> None:
    await a_waiting_mail(exchange, make)
    await changed(exchange, "update mail set created_at = now() - interval '2 hours'")

    [said] = await found(exchange)

    assert said.startswith("1 mails wait, the oldest for 120 minutes.")
