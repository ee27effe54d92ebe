"""What is said of members and organisations names the memberships of by then."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from listings_scene import NOW, AMember, AnOrganisation

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.members import commands
from listings.organisations.commands import restate_organisation

LOCKED = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("changes", [commands.join_organisation, commands.leave_organisation])
async def test_a_correction_beside_another_membership(
    pool: Pool,
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
    *,
    changes: Callable[..., Awaitable[object]],
) -> None:
    own, other = await an_organisation("Pumpenwerk GmbH"), await an_organisation("Labor GmbH")
    kim = await a_member("Kim Kranz", of=own)
    concerned = other if changes is commands.join_organisation else own

    async def corrects() -> None:
        async with pool.transaction() as one:
            await commands.correct_member(
                one, kim.id, name="Kim Neu", language=kim.language, now=NOW, cause=Cause.new()
            )

    async def waits() -> bool:
        return bool(await connection.fetchval(LOCKED))

    async with pool.transaction() as first:
        await changes(first, kim.id, concerned.id, now=NOW, cause=Cause.new())
        correction = asyncio.create_task(corrects())
        await eventually(waits)
    await correction

    assert await said_last(connection) == await acts_for(connection, kim.id)


async def test_the_last_one_leaves_beside_somebody_who_joins(
    pool: Pool, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> None:
    firm = await an_organisation("Pumpenwerk GmbH")
    kim, ole = await a_member("Kim Kranz", of=firm), await a_member("Ole Ohm")

    async def leaves() -> None:
        async with pool.transaction() as one:
            cause = Cause.new()
            await commands.leave_organisation(one, kim.id, firm.id, now=NOW, cause=cause)
            await restate_organisation(one, firm.id, now=NOW, cause=cause)

    async def waits() -> bool:
        return bool(await connection.fetchval(LOCKED))

    async with pool.transaction() as first:
        await commands.join_organisation(first, ole.id, firm.id, now=NOW, cause=Cause.new())
        leaving = asyncio.create_task(leaves())
        await eventually(waits)
    await leaving

    assert (await last_said(connection, "organisation.state"))["has_members"]


async def said_last(connection: Connection) -> set[UUID]:
    state = await last_said(connection, "member.state")
    return {UUID(each) for each in state["organisation_ids"]}


async def last_said(connection: Connection, topic: str) -> dict[str, Any]:
    payload = await connection.fetchval(
        "select payload from outbox where topic = $1 order by seq desc limit 1", topic
    )
    said: dict[str, Any] = json.loads(payload)
    return said


async def acts_for(connection: Connection, member_id: UUID) -> set[UUID]:
    rows = await connection.fetch(
        "select organisation_id from membership where member_id = $1", member_id
    )
    return {row["organisation_id"] for row in rows}
