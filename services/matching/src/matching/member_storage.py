"""The SQL by which erasures and what people say wait for each other, one function a statement."""

from uuid import UUID

from chassis.database import Connection
from schemas.member import MemberState
from schemas.organisation import OrganisationState

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


async def any_erased(connection: Connection, *subjects: UUID | None) -> bool:
    """Asked while erasures are kept out; None is nobody."""
    return bool(
        await connection.fetchval(
            "select exists (select from state_copy"
            " where name = any($1::text[]) and id = any($2::uuid[]) and payload is null)",
            [OrganisationState.name, MemberState.name],
            list(subjects),
        )
    )
