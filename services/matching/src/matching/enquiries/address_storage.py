"""The SQL of where questions went and could go now, one function a statement."""

import json
from collections.abc import Iterable
from uuid import UUID

from chassis.database import Connection
from matching.enquiries.enquiry import Address
from schemas.member import MemberState


async def emails_of_members(connection: Connection, organisation_id: UUID) -> dict[UUID, str]:
    rows = await connection.fetch(
        "select id, payload ->> 'email' as email from state_copy"
        " where name = $1 and payload @> $2::jsonb",
        MemberState.name,
        json.dumps({"organisation_ids": [str(organisation_id)]}),
    )
    return {row["id"]: row["email"] for row in rows}


async def keys_written_to(connection: Connection, enquiry_id: UUID) -> frozenset[UUID]:
    rows = await connection.fetch(
        "select address_key from enquiry_address where enquiry_id = $1", enquiry_id
    )
    return frozenset(row["address_key"] for row in rows)


async def note(connection: Connection, enquiry_id: UUID, addresses: Iterable[Address]) -> None:
    await connection.executemany(
        "insert into enquiry_address (enquiry_id, recipient_id, address_key)"
        " values ($1, $2, $3) on conflict do nothing",
        [(enquiry_id, each.recipient_id, each.key) for each in addresses],
    )


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute("delete from enquiry_address where recipient_id = $1", subject)
