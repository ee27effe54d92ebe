"""SQL of members' wishes for another address, one function a statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from listings.members.address_change import AddressChange
from schemas.vocabulary import Language


async def insert_change(connection: Connection, change: AddressChange) -> None:
    await connection.execute(
        "insert into address_change (id, member_id, email, asked_at) values ($1, $2, $3, $4)",
        change.id,
        change.member_id,
        change.email,
        change.asked_at,
    )


async def address_change(connection: Connection, change_id: UUID) -> AddressChange | None:
    row = await connection.fetchrow(
        "select address_change.id, member_id, address_change.email, language, asked_at"
        " from address_change join member on member.id = member_id where address_change.id = $1",
        change_id,
    )
    return None if row is None else AddressChange(**{**row, "language": Language(row["language"])})


async def drop_changes_to_others(connection: Connection, member_id: UUID, email: str) -> None:
    """What the member mistyped before, say; its link opens nothing from now on."""
    await connection.execute(
        "with dropped as ("
        " delete from address_change where member_id = $1 and email <> $2 returning id)"
        " delete from signin_nonce where member_id in (select id from dropped)",
        member_id,
        email,
    )


async def is_open(connection: Connection, change_id: UUID, *, nonce: UUID, now: datetime) -> bool:
    found: bool = await connection.fetchval(
        "select exists (select from signin_nonce"
        " where nonce = $2 and member_id = $1 and expires_at > $3)",
        change_id,
        nonce,
        now,
    )
    return found


async def spend_nonce(
    connection: Connection, change_id: UUID, *, nonce: UUID, browser: bytes | None, now: datetime
) -> bool:
    """Whether it was open until now."""
    found = await connection.fetchval(
        "update signin_nonce set used_at = $3, expires_at = $3, browser = $4"
        " where nonce = $2 and member_id = $1 and expires_at > $3 returning true",
        change_id,
        nonce,
        now,
        browser,
    )
    return found is True


async def insert_former_addresses(
    connection: Connection, traces: Mapping[UUID, bytes], *, at: datetime
) -> None:
    """By who left them; whoever left one again left it last now."""
    await connection.execute(
        "insert into former_address (member_id, trace, left_at)"
        " select unnest($1::uuid[]), unnest($2::bytea[]), $3"
        " on conflict (member_id, trace) do update set left_at = $3",
        list(traces),
        list(traces.values()),
        at,
    )


async def members_formerly_at(connection: Connection, traces: Sequence[bytes]) -> tuple[UUID, ...]:
    rows = await connection.fetch(
        "select distinct member_id from former_address where trace = any($1::bytea[])",
        list(traces),
    )
    return tuple(row["member_id"] for row in rows)


async def hand_former_addresses_to_erasure_list(connection: Connection, member_id: UUID) -> None:
    """Nothing, where the member is not on it."""
    await connection.execute(
        "insert into erased_trace (trace, erased_id)"
        " select trace, erased.id from former_address join erased on erased.id = member_id"
        " where member_id = $1 on conflict do nothing",
        member_id,
    )


async def forget_changes(connection: Connection, *, before: datetime) -> None:
    await connection.execute("delete from address_change where asked_at < $1", before)
