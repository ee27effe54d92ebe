"""The SQL of what takes up room: attention, waves, and how often organisations were shown."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from matching.spread.rules import SpreadRules
from matching.spread.spread import Standing, WaitingPair

WEEK = timedelta(days=7)
COUNTED_EVERY = timedelta(hours=1)

_STANDS = """p.withdrawn_at is null and not exists (select from answer n
    where n.proposal_id = p.proposal_id and n.answer = 'not-for-us')"""

_UNANSWERED_BY = """
    select p.{side}_organisation_id as id from proposal p
    where p.{side}_organisation_id = any($1::uuid[]) and p.proposed_at > $2
        and p.withdrawn_at is null and not exists (select from answer n
            where n.proposal_id = p.proposal_id and n.side = '{side}')
"""

_UNANSWERED = f"""
    select id, count(*) from ({_UNANSWERED_BY.format(side="offer")} union all
        {_UNANSWERED_BY.format(side="request")}) as unanswered group by id
"""

_ENQUIRING = f"""
    select id, count(*) from (
        select p.offer_id as id from proposal p
            where p.offer_id = any($1::uuid[]) and p.proposed_at > $2 and {_STANDS}
        union all select p.request_id from proposal p
            where p.request_id = any($1::uuid[]) and p.proposed_at > $2 and {_STANDS}
    ) as enquiring group by id
"""

_BEFORE = f"""
    select p.request_id, p.offer_organisation_id, count(*) from proposal p
    where p.request_id = any($1::uuid[]) and {_STANDS} group by 1, 2
"""

_COUNT_EXPOSURE = """
    insert into category_exposure (category, median, organisations, counted_at)
    select category, percentile_cont(0.5) within group (order by shown), count(*), $1
    from (select l.category, l.organisation_id,
            (select count(*) from proposal p
                where p.offer_organisation_id = l.organisation_id and p.proposed_at > $2) as shown
        from (select distinct organisation_id, content #>> '{category,slug}' as category
            from listing where kind = 'offer' and live and content is not null) as l) as exposed
    where category is not null group by category
    on conflict (category) do update set median = excluded.median,
        organisations = excluded.organisations, counted_at = excluded.counted_at
"""


async def standing(
    connection: Connection, pairs: Sequence[WaitingPair], rules: SpreadRules, *, now: datetime
) -> Standing:
    """What stands around these pairs."""
    offering = {pair.offer_organisation_id for pair in pairs}
    organisations = offering | {pair.request_organisation_id for pair in pairs}
    listings = {each for pair in pairs for each in (pair.offer_id, pair.request_id)}
    categories = {pair.category for pair in pairs}
    wave, window = now - rules.wave_lasts, now - rules.exposure_window
    return Standing(
        unanswered=await _counts(connection, _UNANSWERED, organisations, since=now - WEEK),
        enquiring=await _counts(connection, _ENQUIRING, listings, since=wave),
        before=await _before(connection, {pair.request_id for pair in pairs}),
        shown=await _shown(connection, offering, since=window),
        usual=await _usual(connection, categories),
    )


async def exposure_is_due(connection: Connection, *, now: datetime) -> bool:
    newest: datetime | None = await connection.fetchval(
        "select max(counted_at) from category_exposure"
    )
    return newest is None or newest <= now - COUNTED_EVERY


async def count_exposure(connection: Connection, *, since: datetime, now: datetime) -> None:
    """Count anew how often the organisations of each category were shown."""
    await connection.execute(_COUNT_EXPOSURE, now, since)


async def _counts(
    connection: Connection, query: str, ids: Iterable[UUID], *, since: datetime
) -> dict[UUID, int]:
    return {row[0]: row[1] for row in await connection.fetch(query, list(ids), since)}


async def _before(connection: Connection, ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], int]:
    return {(row[0], row[1]): row[2] for row in await connection.fetch(_BEFORE, list(ids))}


async def _shown(
    connection: Connection, ids: Iterable[UUID], *, since: datetime
) -> dict[UUID, int]:
    query = (
        "select offer_organisation_id, count(*) from proposal"
        " where offer_organisation_id = any($1::uuid[]) and proposed_at > $2 group by 1"
    )
    return await _counts(connection, query, ids, since=since)


async def _usual(connection: Connection, categories: Iterable[str]) -> dict[str, float]:
    rows = await connection.fetch(
        "select category, median from category_exposure where category = any($1::text[])",
        list(categories),
    )
    return {row["category"]: row["median"] for row in rows}
