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
        select distinct on (organisation_id) size_class from published_listing
        where {_WITHIN} and organisation_id is not null
        order by organisation_id, occurred_at desc
    ) poster
    group by 1
"""

_ORGANISATIONS_BY_CONTACTS = f"""
    with accepted as (
        select organisation_id, counterpart_organisation_id from first_said
        where type = 'contact.accepted' and {_WITHIN}
    ), side as (
        select organisation_id as id from accepted
        union all select counterpart_organisation_id from accepted
    ), requested as (
        select organisation_id, counterpart_organisation_id from first_said
        where type = 'contact.requested' and {_WITHIN}
    ), active as (
        select organisation_id as id from published_listing where {_WITHIN}
        union select organisation_id from requested
        union select counterpart_organisation_id from requested
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
        select aggregate_id from first_said where type = 'contact.requested' and {_WITHIN}
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
    select coalesce(slugs->>'answer', 'unknown') as slug, count(*) as count from ended_listing
    where {_BY_ITS_OWNER} and {_WITHIN}
    group by 1
"""

# A listing goes on as the one that replaces it: what becomes of that one becomes of it. A contact
# counts for the proposal it names only between its two sides: whoever asks names it themselves.
_FUNNEL = f"""
    with recursive published as (
        select aggregate_id as id from published_listing where {_WITHIN}
    ), going_on_as (id, listing_id) as (
        select id, id from published
        union
        select successor.aggregate_id, going_on_as.listing_id from going_on_as
        join ledger successor
            on successor.type = 'listing.created' and successor.about_id = going_on_as.id
    ), proposed as (
        select distinct listing_id as id from going_on_as where id in (
            select offer_id from ledger where type = 'match.proposed'
            union all select request_id from ledger where type = 'match.proposed')
    ), made as (
        select aggregate_id as id from first_said where type = 'match.proposed' and {_WITHIN}
    ), delivered as (
        select id from made where id in (
            select sent.about_id from ledger sent
            where sent.type = 'mail.sent' and sent.slugs->>'purpose' = 'proposals'
                and not exists (select from ledger bounced
                    where bounced.type = 'mail.bounced'
                        and bounced.aggregate_id = sent.aggregate_id
                        and bounced.revision > sent.revision))
    ), answered as (
        select id from delivered
        where id in (select aggregate_id from ledger where type = 'match.answered')
    ), contacted as (
        select id from answered where id in (
            select contact.about_id from ledger contact join ledger proposal
                on proposal.type = 'match.proposed' and proposal.aggregate_id = contact.about_id
            where contact.type = 'contact.requested'
                and contact.listing_id in (proposal.offer_id, proposal.request_id)
                and coalesce(contact.organisation_id in
                    (proposal.organisation_id, proposal.counterpart_organisation_id), true))
    ), requested as (
        select aggregate_id as id from first_said where type = 'contact.requested' and {_WITHIN}
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
        select slugs->>'answer' as answer from going_on_as
        join ended_listing on ended_listing.aggregate_id = going_on_as.id
        where {_BY_ITS_OWNER}
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
        f"select slugs->>'{slug}' as slug, count(*) as count from published_listing"
        f" where {_WITHIN} group by 1"
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
