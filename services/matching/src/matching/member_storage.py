"""The SQL of members who say something here, one function a statement."""

from uuid import UUID

from chassis.database import Connection
from schemas.member import MemberState

ERASURE_LOCK = 0x6572617375726573
"""Advisory lock key: the bytes of "erasures"; held alone to erase, shared by all whom it concerns.

A batch erases several, in the order in which they were said: row by row they would meet others in
the middle.
"""


async def begin_erasing(connection: Connection) -> None:
    """Before any row is locked."""
    await connection.execute("select pg_advisory_xact_lock($1)", ERASURE_LOCK)


async def keep_erasures_out(connection: Connection) -> None:
    """Until the transaction ends nobody is erased; asked before any row is locked."""
    await connection.execute("select pg_advisory_xact_lock_shared($1)", ERASURE_LOCK)


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
