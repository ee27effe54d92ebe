"""The SQL of what organisations can do, one function a statement.

Profiles come from the copies of `organisation.state`, live offers from `listing`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.analysed_columns import COLUMNS, analysis_in, columns_of
from matching.analysis import Analysis
from matching.coarse import CoarseText
from matching.unmet.capability import (
    NO_CATEGORY,
    Capability,
    KnownCapability,
    Source,
    as_json,
    from_json,
    text_of_profile,
)
from schemas.organisation import OrganisationState
from schemas.vocabulary import ListingKind

# Of an organisation that is erased meanwhile nothing is kept.
_KEEP_PROFILE = f"""
    insert into capability as kept (capability_id, organisation_id, source, title, text,
        source_revision, changed_at, subjects)
    select $1::uuid, $1, '{Source.PROFILE}', '', $2::jsonb, $3, $4, array[$1::uuid]
    from state_copy where name = $5 and id = $1 and payload is not null for share
    on conflict (capability_id) do update set text = excluded.text,
        source_revision = excluded.source_revision,
        changed_at = case when kept.text = excluded.text then kept.changed_at
            else excluded.changed_at end,
        analysis_version = case when kept.text = excluded.text then kept.analysis_version end
    where kept.source_revision < excluded.source_revision
"""


_ENDED = f"""
    from capability where analysis_version = $1 and not unusable
        and (source = '{Source.PROFILE}' or ended_as is not null)
"""
_LIVE = f"""
    from listing l join analysis a on a.version = $1 and a.listing_id = l.listing_id
        and a.part = 0 and a.text_revision = l.text_revision and not a.unusable
    where l.kind = '{ListingKind.OFFER}' and l.content is not null
"""

_COARSE = f"""
    select capability_id as id, vector, spreads[6] as deviation {_ENDED}
    union all
    select l.listing_id, vector, spreads[6] {_LIVE}
"""

_KNOWN = f"""
    select capability_id, organisation_id, source, title, text, {COLUMNS} {_ENDED}
        and capability_id = any($2::uuid[])
    union all
    select l.listing_id, l.organisation_id, '{Source.OFFER}',
        case when l.visibility = 'anonymous' then '' else l.content ->> 'title' end,
        jsonb_build_object(
            'kind', l.kind, 'title', l.content ->> 'title',
            'description', concat_ws(e'\\n', l.content ->> 'description', (
                select string_agg(need, e'\\n') from jsonb_array_elements_text(l.content -> 'needs')
                    as needs (need))),
            'tags', coalesce(l.content -> 'tags', '[]'),
            'category', l.content -> 'category' ->> 'slug', 'language', l.content ->> 'language'),
        {COLUMNS} {_LIVE} and l.listing_id = any($2::uuid[])
"""


async def changed_organisations(
    connection: Connection, *, limit: int
) -> tuple[OrganisationState, ...]:
    """Those whose copy is newer than the profile kept here."""
    rows = await connection.fetch(
        "select payload from state_copy left join capability on capability_id = id"
        " where name = $1 and payload is not null"
        " and (capability_id is null or source_revision < revision) order by id limit $2",
        OrganisationState.name,
        limit,
    )
    return tuple(OrganisationState.model_validate_json(row["payload"]) for row in rows)


async def keep_profiles(
    connection: Connection, organisations: Sequence[OrganisationState], *, at: datetime
) -> None:
    """An unchanged text keeps its analysis."""
    rows = [
        (
            each.organisation_id,
            as_json(text_of_profile(each)),
            each.revision,
            at,
            OrganisationState.name,
        )
        for each in organisations
    ]
    await connection.executemany(_KEEP_PROFILE, rows)


async def unread(connection: Connection, version: str, *, limit: int) -> tuple[Capability, ...]:
    """What no engine of this version has looked at."""
    rows = await connection.fetch(
        "select capability_id, source_revision, text from capability"
        " where analysis_version is distinct from $1 order by changed_at, capability_id limit $2",
        version,
        limit,
    )
    return tuple(
        Capability(
            capability_id=row["capability_id"],
            revision=row["source_revision"],
            text=from_json(row["text"]),
        )
        for row in rows
    )


async def store_analysis(
    connection: Connection, capability: Capability, analysis: Analysis, *, at: datetime
) -> None:
    await connection.execute(
        f"update capability set (analysis_version, {COLUMNS})"
        " = row($4::text, $5, $6, $7, $8, $9, $10, $11, $12, $13), unusable = false,"
        " changed_at = $3 where capability_id = $1 and source_revision = $2",
        capability.capability_id,
        capability.revision,
        at,
        analysis.version,
        *columns_of(analysis),
    )


async def mark_unusable(connection: Connection, capability: Capability, version: str) -> None:
    await connection.execute(
        "update capability set analysis_version = $3, unusable = true"
        " where capability_id = $1 and source_revision = $2",
        capability.capability_id,
        capability.revision,
        version,
    )


async def coarse(connection: Connection, version: str) -> tuple[CoarseText, ...]:
    """The small vectors of everything that any organisation can do."""
    rows = await connection.fetch(_COARSE, version)
    return tuple(CoarseText(**row) for row in rows)


async def known(
    connection: Connection, capability_ids: Sequence[UUID], version: str
) -> tuple[KnownCapability, ...]:
    rows = await connection.fetch(_KNOWN, version, list(capability_ids))
    return tuple(_known(row, version) for row in rows)


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute("delete from capability where organisation_id = $1", subject)


def _known(row: Row, version: str) -> KnownCapability:
    text = from_json(row["text"])
    category = text.category or NO_CATEGORY
    return KnownCapability(
        capability_id=row["capability_id"],
        organisation_id=row["organisation_id"],
        source=Source(row["source"]),
        title=row["title"],
        text=text,
        analysis=analysis_in(row, version=version, kind=ListingKind.OFFER, category=category),
    )
