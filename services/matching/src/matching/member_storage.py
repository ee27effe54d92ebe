"""The SQL of members who say something here, one function a statement."""

from uuid import UUID

from chassis.database import Connection
from schemas.member import MemberState


async def stays(connection: Connection, member_id: UUID) -> bool:
    """Until the transaction ends the member is not erased; false where they are, or unknown.

    Asked before anything is locked, as an erasure begins with the same row.
    """
    found: bool | None = await connection.fetchval(
        "select true from state_copy where name = $1 and id = $2 and payload is not null for share",
        MemberState.name,
        member_id,
    )
    return found is True
