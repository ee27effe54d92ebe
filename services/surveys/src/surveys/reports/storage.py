"""The reports' SQL over the ledger, one function a statement; nothing is stored beside it."""

from datetime import date, datetime
from typing import TypeAlias

from chassis.database import Connection, Row
from chassis.web.language import Localised
from surveys.reports.funnel import FunnelCounts

Bounds: TypeAlias = tuple[datetime, datetime]

_WITHIN = "occurred_at >= $1 and occurred_at < $2"

_SIZES = f"""
    select coalesce(size_class, 'unknown') as slug, count(*) as count
    from (
        select distinct on (organisation_id) size_class from ledger
        where type = 'listing.created' and {_WITHIN} and organisation_id is not null
        order by organisation_id, occurred_at desc
    ) poster
    group by 1
"""

_ORGANISATIONS_BY_CONTACTS = f"""
    with accepted as (
        select organisation_id, counterpart_organisation_id from ledger
        where type = 'contact.accepted' and {_WITHIN}
    ), side as (
        select organisation_id as id from accepted
        union all select counterpart_organisation_id from accepted
    ), active as (
        select organisation_id as id from ledger
        where type in ('listing.created', 'contact.requested') and {_WITHIN}
        union select counterpart_organisation_id from ledger
        where type = 'contact.requested' and {_WITHIN}
        union select id from side
    ), counted as (
        select active.id, count(side.id) as contacts
        from active left join side on side.id = active.id
        where active.id is not null group by active.id
    )
    select contacts as slug, count(*) as count from counted group by contacts
"""

_CONTACTS_BY_RESULT = f"""
    with requested as (
        select aggregate_id from ledger where type = 'contact.requested' and {_WITHIN}
    ), result as (
        -- Of two endings the one that says more counts, which is also their order by name.
        select aggregate_id, min(type) as type from ledger
        where type in (
            'contact.accepted', 'contact.declined', 'contact.lapsed', 'contact.withdrawn'
        )
        group by aggregate_id
    )
    select coalesce(split_part(result.type, '.', 2), 'open') as slug, count(*) as count
    from requested left join result using (aggregate_id)
    group by 1
"""

_BY_ITS_OWNER = "slugs->>'reason' <> 'erased'"
"""Nobody could be asked about a listing that ended by erasure."""

_CLOSINGS_BY_ANSWER = f"""
    select coalesce(slugs->>'answer', 'unknown') as slug, count(*) as count from ledger
    where type = 'listing.closed' and {_BY_ITS_OWNER} and {_WITHIN}
    group by 1
"""

_FUNNEL = f"""
    with published as (
        select aggregate_id as id from ledger where type = 'listing.created' and {_WITHIN}
    ), proposal as (
        select aggregate_id as id, occurred_at, offer_id, request_id from ledger
        where type = 'match.proposed'
    ), proposed as (
        select id from published
        where id in (select offer_id from proposal union all select request_id from proposal)
    ), made as (
        select id from proposal where {_WITHIN}
    ), delivered as (
        select id from made where id in (
            select sent.about_id from ledger sent
            where sent.type = 'mail.sent' and sent.slugs->>'purpose' = 'proposals'
                and not exists (select from ledger bounced
                    where bounced.type = 'mail.bounced'
                        and bounced.aggregate_id = sent.aggregate_id))
    ), answered as (
        select id from delivered
        where id in (select aggregate_id from ledger where type = 'match.answered')
    ), contacted as (
        select id from answered
        where id in (select about_id from ledger where type = 'contact.requested')
    ), requested as (
        select aggregate_id as id from ledger where type = 'contact.requested' and {_WITHIN}
    ), accepted as (
        select id from requested
        where id in (select aggregate_id from ledger where type = 'contact.accepted')
    ), latest as (
        select distinct on (aggregate_id, organisation_id)
            aggregate_id, slugs->>'outcome' as outcome from ledger where type = 'outcome.reported'
        order by aggregate_id, organisation_id, revision desc
    ), reported as (
        select id from accepted where id in (select aggregate_id from latest)
    ), agreed as (
        select id from reported where id in (
            select aggregate_id from latest where outcome in ('order', 'joint-project'))
    ), closed as (
        select aggregate_id as id, slugs->>'answer' as answer from ledger
        where type = 'listing.closed' and {_BY_ITS_OWNER}
            and aggregate_id in (select id from published)
    )
    select (select count(*) from published) as listings,
        (select count(*) from proposed) as listings_proposed,
        (select count(*) from made) as proposals,
        (select count(*) from delivered) as proposals_delivered,
        (select count(*) from answered) as proposals_answered,
        (select count(*) from contacted) as proposals_contacted,
        (select count(*) from requested) as contacts,
        (select count(*) from accepted) as contacts_accepted,
        (select count(*) from reported) as contacts_reported,
        (select count(*) from agreed) as contacts_agreed,
        (select count(*) from closed) as listings_closed,
        (select count(*) from closed where answer = 'found-here') as listings_found_here
"""


async def listings_by_kind(connection: Connection, within: Bounds) -> dict[str, int]:
    return _counts(await connection.fetch(_listings_by("kind"), *within))


async def listings_by_category(connection: Connection, within: Bounds) -> dict[str, int]:
    return _counts(await connection.fetch(_listings_by("category"), *within))


def _listings_by(slug: str) -> str:
    return (
        f"select slugs->>'{slug}' as slug, count(*) as count from ledger"
        f" where type = 'listing.created' and {_WITHIN} group by 1"
    )


async def organisations_by_size(connection: Connection, within: Bounds) -> dict[str, int]:
    return _counts(await connection.fetch(_SIZES, *within))


async def organisations_by_contacts(connection: Connection, within: Bounds) -> dict[int, int]:
    rows = await connection.fetch(_ORGANISATIONS_BY_CONTACTS, *within)
    return {row["slug"]: row["count"] for row in rows}


async def contacts_by_result(connection: Connection, within: Bounds) -> dict[str, int]:
    return _counts(await connection.fetch(_CONTACTS_BY_RESULT, *within))


async def closings_by_answer(connection: Connection, within: Bounds) -> dict[str, int]:
    return _counts(await connection.fetch(_CLOSINGS_BY_ANSWER, *within))


async def funnel_counts(connection: Connection, within: Bounds) -> FunnelCounts:
    row = await connection.fetchrow(_FUNNEL, *within)
    return FunnelCounts(**dict(row or {}))


async def category_labels(connection: Connection) -> dict[str, Localised]:
    rows = await connection.fetch("select slug, label_de, label_en from category")
    return {row["slug"]: Localised(de=row["label_de"], en=row["label_en"]) for row in rows}


async def first_day(connection: Connection, *, time_zone: str) -> date | None:
    """The local day of the oldest fact."""
    day: date | None = await connection.fetchval(
        "select (min(occurred_at) at time zone $1)::date from ledger", time_zone
    )
    return day


def _counts(rows: list[Row]) -> dict[str, int]:
    return {row["slug"]: row["count"] for row in rows}
