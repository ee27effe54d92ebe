"""The SQL of requests that go on to partner clusters, one function a statement."""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from matching.unmet.storage import AGREED, MATCHED, MET, OPEN, UNMET
from matching.unmet.unmet_request import UnmetRequest

# What somebody else holds just now is looked at a minute later: nobody waits for nobody.
_DUE = f"""
    {UNMET} and a.told_at <= $2 and a.overflowed_at is null and not a.partners_asked
        and (l.content ->> 'may_overflow')::boolean and l.visibility <> 'cluster'
        and {OPEN} and {MATCHED} and not {MET} and not {AGREED}
    order by a.told_at, a.request_id
    for update of a skip locked for share of l skip locked
"""


# Only the newest state counts. One that is shown and wished, yet not asked about, was not to be
# shown when the decision was read: it is decided anew.
_NOTE_PARTNERS = """
    update awaited_request a set partners_asked = $3::timestamptz is not null,
        answer_by = coalesce($3, a.answer_by),
        overflowed_at = case
            when $3 is null and l.live and (l.content ->> 'may_overflow')::boolean then null
            else a.overflowed_at end
    from listing l where a.request_id = $1 and l.listing_id = $1 and l.revision = $2
"""


async def requests_due(
    connection: Connection, *, told_before: datetime, now: datetime
) -> tuple[UnmetRequest, ...]:
    """Requests whose owners wish it and whom brokers had time for; their listings stay as is."""
    rows = await connection.fetch(_DUE, now, told_before)
    return tuple(UnmetRequest(**row) for row in rows)


async def keep_overflow(
    connection: Connection, request_id: UUID, *, at: datetime, answer_by: datetime
) -> None:
    await connection.execute(
        "update awaited_request set overflowed_at = $2, answer_by = $3 where request_id = $1",
        request_id,
        at,
        answer_by,
    )


async def note_partners(
    connection: Connection, request_id: UUID, *, revision: int, answer_by: datetime | None
) -> None:
    await connection.execute(_NOTE_PARTNERS, request_id, revision, answer_by)
