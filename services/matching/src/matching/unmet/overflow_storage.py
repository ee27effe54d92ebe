"""The SQL of requests that go on to partner clusters, one function a statement."""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from matching.unmet.storage import MATCHED, MET, OPEN, UNMET
from matching.unmet.unmet_request import UnmetRequest

# What somebody else holds just now is looked at a minute later: nobody waits for nobody.
_DUE = f"""
    {UNMET} and a.told_at <= $2 and a.overflowed_at is null
        and (l.content ->> 'may_overflow')::boolean and l.visibility <> 'cluster'
        and {OPEN} and {MATCHED} and not {MET}
    order by a.told_at, a.request_id
    for update of a skip locked for share of l skip locked
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
