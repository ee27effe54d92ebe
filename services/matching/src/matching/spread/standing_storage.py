"""The SQL of what takes up room: attention, waves, and how often organisations were shown."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection, Row
from matching.spread.rules import SpreadRules
from matching.spread.spread import Standing, WaitingPair

WEEK = timedelta(days=7)
COUNTED_EVERY = timedelta(hours=1)

_STANDS = """p.withdrawn_at is null and not exists (select from answer n
    where n.proposal_id = p.proposal_id and n.answer = 'not-for-us')"""

_LEFT_UNANSWERED = """p.withdrawn_at is null and not exists (select from answer n
    where n.proposal_id = p.proposal_id and n.side = '{side}')"""

_UNANSWERED_BY = f"""
    select 'unanswered', p.{{side}}_organisation_id from proposal p
    where p.{{side}}_organisation_id = any($1::uuid[]) and p.proposed_at > $5
        and {_LEFT_UNANSWERED}
"""

_UNANSWERED_OF_ONE = f"""(select count(*) from proposal p
    where p.{{side}}_organisation_id = id and p.proposed_at > $1 and {_LEFT_UNANSWERED})"""

_WITHOUT_ATTENTION = f"""
    select id from (
        select offer_organisation_id from waiting_proposal
        union select request_organisation_id from waiting_proposal) as waits (id)
    where {_UNANSWERED_OF_ONE.format(side="offer")}
        + {_UNANSWERED_OF_ONE.format(side="request")} >= $2
"""

_ENQUIRING_ABOUT = f"""
    select 'enquiring', p.{{side}}_id from proposal p
    where p.{{side}}_id = any($2::uuid[]) and p.proposed_at > $6 and {_STANDS}
"""

_COUNTED = " union all ".join(
    (
        _UNANSWERED_BY.format(side="offer"),
        _UNANSWERED_BY.format(side="request"),
        _ENQUIRING_ABOUT.format(side="offer"),
        _ENQUIRING_ABOUT.format(side="request"),
        """select 'shown', p.offer_organisation_id from proposal p
            where p.offer_organisation_id = any($1::uuid[]) and p.proposed_at > $7""",
    )
)

# One round trip: it lies between a listing and its proposals.
_STANDING = f"""
    select what, id, null::uuid as offered_by, null as category, count(*)::float8 as value
    from ({_COUNTED}) as counted (what, id) group by what, id
    union all select 'before', p.request_id, p.offer_organisation_id, null, count(*)
        from proposal p where p.request_id = any($3::uuid[]) and {_STANDS} group by 2, 3
    union all select 'strong-before', p.request_id, p.offer_organisation_id, null, count(*)
        from proposal p where p.request_id = any($3::uuid[]) and p.strength = 'strong'
            and {_STANDS} group by 2, 3
    union all select 'usual', null, null, category, median
        from category_exposure where category = any($4::text[])
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
    requests = {pair.request_id for pair in pairs}
    rows = await connection.fetch(
        _STANDING,
        list(offering | {pair.request_organisation_id for pair in pairs}),
        list(requests | {pair.offer_id for pair in pairs}),
        list(requests),
        list({pair.category for pair in pairs}),
        now - WEEK,
        now - rules.wave_lasts,
        now - rules.exposure_window,
    )
    return Standing(
        unanswered=_counts(rows, "unanswered"),
        enquiring=_counts(rows, "enquiring"),
        before=_counts_of_one(rows, "before"),
        strong_before=_counts_of_one(rows, "strong-before"),
        shown=_counts(rows, "shown"),
        usual={row["category"]: row["value"] for row in rows if row["what"] == "usual"},
    )


async def without_attention(
    connection: Connection, rules: SpreadRules, *, now: datetime
) -> tuple[UUID, ...]:
    """Organisations of waiting pairs that have enough to look at this week."""
    rows = await connection.fetch(_WITHOUT_ATTENTION, now - WEEK, rules.weekly_proposals)
    return tuple(row["id"] for row in rows)


async def exposure_is_due(connection: Connection, *, now: datetime) -> bool:
    newest: datetime | None = await connection.fetchval(
        "select max(counted_at) from category_exposure"
    )
    return newest is None or newest <= now - COUNTED_EVERY


async def count_exposure(connection: Connection, *, since: datetime, now: datetime) -> None:
    """Count anew how often the organisations of each category were shown."""
    await connection.execute(_COUNT_EXPOSURE, now, since)


def _counts_of_one(rows: Sequence[Row], what: str) -> dict[tuple[UUID, UUID], int]:
    return {
        (row["id"], row["offered_by"]): int(row["value"]) for row in rows if row["what"] == what
    }


def _counts(rows: Sequence[Row], what: str) -> dict[UUID, int]:
    return {row["id"]: int(row["value"]) for row in rows if row["what"] == what}
