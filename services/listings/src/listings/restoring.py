"""After a restore: whoever was erased is erased again, and no revision lies below what was told."""

from chassis.cause import Cause
from chassis.database import Connection
from chassis.restoring import Restoration
from listings import erasure
from listings.erased.traces import Tracer
from schemas.member import MemberState
from schemas.organisation import OrganisationState

OWNED = ("organisation", "member", "listing")


async def lift_revisions_and_erase_again(
    connection: Connection, restoration: Restoration, *, tracer: Tracer
) -> None:
    """A member or an organisation is gone from its topic only when it was erased."""
    for table in OWNED:
        await connection.execute(
            f"update {table} set revision = greatest(revision + 1, $1)", restoration.least_revision
        )
    await erasure.erase_again(
        connection,
        restoration.gone(OrganisationState),
        restoration.gone(MemberState),
        tracer=tracer,
        now=restoration.restored_at,
        cause=Cause.new(),
    )
