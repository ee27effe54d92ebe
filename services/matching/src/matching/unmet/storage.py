"""The SQL of awaited requests and their candidates, one function a statement."""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from matching.analysed_columns import COLUMNS, analysis_in
from matching.analysis import Analysis
from matching.kept_listing import KeptListing
from matching.listing_storage import wording_of
from matching.spread.waiting_storage import MAY_COME
from matching.unmet.unmet_request import RankingDue, UnmetRequest

TURN_WITHIN_DAYS = 7
"""By then every limit that `spread` keeps for a time has made room once, the week's too."""

# A strong proposal stands until one of its listings ends or one side says no. While nobody answers
# it, the request must still say what fitted.
_STRONG = f"""exists (select from proposal p where p.request_id = a.request_id
    and p.strength = 'strong' and p.withdrawn_at is null
    and not exists (select from answer n where n.proposal_id = p.proposal_id
        and n.answer = 'not-for-us')
    and (p.request_wording is null
        or exists (select from answer n where n.proposal_id = p.proposal_id)
        or p.request_wording = {wording_of("l")}))"""

# So does one that was decided and only waits for its turn, unless that does not come.
MET = f"""({_STRONG} or exists (select from waiting_proposal w, listing o, listing r
    where w.request_id = a.request_id and w.strength = 'strong' and {MAY_COME}
        and w.waits_since > $1::timestamptz - interval '{TURN_WITHIN_DAYS} days'))"""

# A firm that is still here said yes to an enquiry, or both sides of a proposal are interested.
AGREED = """(exists (select from enquiry e where e.request_id = a.request_id and e.answer = 'yes'
        and e.organisation_id = any(e.subjects))
    or exists (select from proposal p where p.request_id = a.request_id and p.withdrawn_at is null
        and 2 = (select count(*) from answer n where n.proposal_id = p.proposal_id
            and n.answer = 'interested')))"""

OPEN = "l.live and l.content is not null and l.valid_until > $1"

# What the worker has not looked at yet may still find its counterpart.
MATCHED = """exists (select from analysis s join analysis_version v
        on v.number = s.version and v.state = 'active'
    where s.listing_id = l.listing_id and s.part = 0 and s.text_revision = l.text_revision)
    and not exists (select from match_due d where d.listing_id = l.listing_id)"""

_FIND = f"""
    update awaited_request a set unmet_at = $1 from listing l
    where l.listing_id = a.request_id and a.unmet_at is null and a.published_at <= $2
        and {OPEN} and {MATCHED} and not {MET}
"""

_NEXT = f"""
    select a.request_id, (select max(changed_at) from capability) as up_to
    from awaited_request a join listing l on l.listing_id = a.request_id
    where a.unmet_at is not null and {OPEN} and {MATCHED} and not {MET}
        and (a.ranked_version is distinct from $2 or a.ranked_revision < l.revision
            or a.ranked_up_to is distinct from (select max(changed_at) from capability))
    order by a.told_at is not null, a.unmet_at limit 1
"""


UNMET = f"""
    select a.request_id, a.organisation_id, a.published_at, a.unmet_at, a.told_at,
        a.overflowed_at, a.answer_by, a.partners_asked, {AGREED} as somebody_agreed
    from awaited_request a join listing l on l.listing_id = a.request_id
    where a.unmet_at is not null
"""


async def await_request(
    connection: Connection, request_id: UUID, *, organisation_id: UUID, published_at: datetime
) -> None:
    await connection.execute(
        "insert into awaited_request (request_id, organisation_id, published_at)"
        " values ($1, $2, $3) on conflict (request_id) do update"
        " set published_at = least(awaited_request.published_at, excluded.published_at)",
        request_id,
        organisation_id,
        published_at,
    )


async def drop_request(connection: Connection, request_id: UUID) -> None:
    await connection.execute("delete from awaited_request where request_id = $1", request_id)


async def mark_unmet(connection: Connection, *, published_before: datetime, now: datetime) -> None:
    await connection.execute(_FIND, now, published_before)


async def listing_waits(connection: Connection) -> bool:
    return bool(await connection.fetchval("select exists (select from match_due)"))


async def next_to_rank(connection: Connection, version: str, *, now: datetime) -> RankingDue | None:
    """The unmet request whose candidates are missing, or older than what is known."""
    row = await connection.fetchrow(_NEXT, now, version)
    return None if row is None else RankingDue(**row)


async def keep_ranking(
    connection: Connection, request_id: UUID, *, version: str, revision: int, up_to: datetime | None
) -> None:
    await connection.execute(
        "update awaited_request set ranked_version = $2, ranked_revision = $3, ranked_up_to = $4"
        " where request_id = $1",
        request_id,
        version,
        revision,
        up_to,
    )


async def analyses_of(
    connection: Connection, request: KeptListing, version: str
) -> tuple[Analysis, ...]:
    """What was read in the request and in each of its further needs."""
    rows = await connection.fetch(
        f"select {COLUMNS} from analysis s join listing l using (listing_id)"
        " where s.version = $2 and s.listing_id = $1 and s.text_revision = l.text_revision"
        " and not s.unusable order by part",
        request.listing_id,
        version,
    )
    category = request.content.category.slug
    return tuple(
        analysis_in(row, version=version, kind=request.kind, category=category) for row in rows
    )


async def tell_once(connection: Connection, request_id: UUID, *, at: datetime) -> bool:
    """True for whoever tells that the request is unmet; it is told once, ever."""
    row = await connection.fetchrow(
        "update awaited_request set told_at = $2 where request_id = $1 and told_at is null"
        " returning request_id",
        request_id,
        at,
    )
    return row is not None


async def unmet_requests(
    connection: Connection, *, now: datetime, limit: int, offset: int
) -> tuple[UnmetRequest, ...]:
    """Unmet still, the longest waiting first."""
    rows = await connection.fetch(
        f"{UNMET} and {OPEN} and not {MET} order by a.published_at limit $2 offset $3",
        now,
        limit,
        offset,
    )
    return tuple(UnmetRequest(**row) for row in rows)


async def count_unmet(connection: Connection, *, now: datetime) -> int:
    count: int = await connection.fetchval(
        f"select count(*) from ({UNMET} and {OPEN} and not {MET}) as unmet", now
    )
    return count


async def unmet_request(
    connection: Connection, request_id: UUID, *, now: datetime, locked: bool = False
) -> UnmetRequest | None:
    """Locked, its listing stays as it is and one command at a time asks about it."""
    lock = " for update of a for share of l" if locked else ""
    row = await connection.fetchrow(
        f"{UNMET} and {OPEN} and a.request_id = $2{lock}", now, request_id
    )
    return None if row is None else UnmetRequest(**row)


async def is_met(connection: Connection, request_id: UUID, *, now: datetime) -> bool:
    found = await connection.fetchval(
        f"select {MET} from awaited_request a join listing l on l.listing_id = a.request_id"
        " where a.request_id = $2",
        now,
        request_id,
    )
    return found is True


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute("delete from awaited_request where organisation_id = $1", subject)
    await connection.execute("delete from candidate where subjects @> array[$1]::uuid[]", subject)
