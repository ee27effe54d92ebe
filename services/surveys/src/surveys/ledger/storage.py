"""The ledger's SQL, one function a statement."""

import json
from collections.abc import Iterable, Sequence
from uuid import UUID

from chassis.database import Connection
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.place import Category
from surveys.ledger.entry import Entry

ERASURE_LOCK = 0x6572617375726573
"""Advisory lock key: the bytes of "erasures"; shared by all who count or ask, alone to erase."""

_APPEND = """
    insert into ledger (event_id, type, occurred_at, revision, aggregate_id, listing_id, offer_id,
        request_id, about_id, organisation_id, counterpart_organisation_id, member_id, size_class,
        slugs, subjects)
    select e.event_id, e.type, e.occurred_at, e.revision, e.aggregate_id, e.listing_id, e.offer_id,
        e.request_id, e.about_id, e.organisation_id, e.counterpart_organisation_id, e.member_id,
        organisation.payload->>'size_class', e.slugs, e.subjects
    from jsonb_to_recordset($1::jsonb) as e (event_id uuid, type text, occurred_at timestamptz,
        revision bigint, aggregate_id uuid, listing_id uuid, offer_id uuid, request_id uuid,
        about_id uuid, organisation_id uuid, counterpart_organisation_id uuid, member_id uuid,
        slugs jsonb, subjects uuid[])
    left join state_copy organisation
        on organisation.name = $2 and organisation.id = e.organisation_id
    on conflict (event_id) do nothing
"""

_FILL_SIZE_CLASS = """
    update ledger set size_class = organisation.payload->>'size_class'
    from state_copy organisation
    where organisation.name = $1 and organisation.id = any($2::uuid[])
        and organisation.payload is not null
        and ledger.organisation_id = organisation.id and ledger.size_class is null
"""

_PSEUDONYMISE = """
    update ledger set
        organisation_id = case organisation_id when $1 then $2 else organisation_id end,
        counterpart_organisation_id = case counterpart_organisation_id
            when $1 then $2 else counterpart_organisation_id end,
        member_id = case member_id when $1 then $2 else member_id end,
        about_id = nullif(about_id, $1),
        subjects = array_remove(subjects, $1)
    where subjects @> array[$1]::uuid[]
"""

_KEEP_LABELS = """
    insert into category (slug, label_de, label_en, revision)
    select distinct on (slug) * from jsonb_to_recordset($1::jsonb)
        as c (slug text, label_de text, label_en text, revision bigint)
    order by slug, revision desc
    on conflict (slug) do update
    set label_de = excluded.label_de, label_en = excluded.label_en, revision = excluded.revision
    where category.revision < excluded.revision
"""


async def keep_erasures_out(connection: Connection) -> None:
    """Until we commit: who has no gravestone gets none, and an erasure sees what we wrote.

    Taken before anything is read; the copies' own rows would not do, as some are not known yet.
    """
    await connection.execute("select pg_advisory_xact_lock_shared($1)", ERASURE_LOCK)


async def keep_counting_out(connection: Connection) -> None:
    """Wait for all who count or ask; whoever comes later sees the gravestone."""
    await connection.execute("select pg_advisory_xact_lock($1)", ERASURE_LOCK)


async def append(connection: Connection, entries: Sequence[Entry]) -> None:
    rows = json.dumps([_row(entry) for entry in entries], default=str)
    await connection.execute(_APPEND, rows, OrganisationState.name)


def _row(entry: Entry) -> dict[str, object]:
    """Times as ISO 8601 and ids as text; what is absent stays null."""
    about = entry.particulars
    return {
        "event_id": entry.event_id,
        "type": entry.type,
        "occurred_at": entry.occurred_at.isoformat(),
        "revision": entry.revision,
        "aggregate_id": entry.aggregate_id,
        "listing_id": about.listing_id,
        "offer_id": about.offer_id,
        "request_id": about.request_id,
        "about_id": about.about_id,
        "organisation_id": about.organisation_id,
        "counterpart_organisation_id": about.counterpart_organisation_id,
        "member_id": about.member_id,
        "slugs": about.slugs,
        "subjects": sorted(about.subjects),
    }


async def fill_size_class(connection: Connection, organisation_ids: Sequence[UUID]) -> None:
    await connection.execute(_FILL_SIZE_CLASS, OrganisationState.name, list(organisation_ids))


async def pseudonymise(connection: Connection, subject: UUID, *, pseudonym: UUID) -> None:
    await connection.execute(_PSEUDONYMISE, subject, pseudonym)


async def erased_among(connection: Connection, subjects: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these subjects that left a gravestone."""
    rows = await connection.fetch(
        "select id from state_copy"
        " where name = any($1) and id = any($2::uuid[]) and payload is null",
        [OrganisationState.name, MemberState.name],
        list(subjects),
    )
    return frozenset(row["id"] for row in rows)


async def keep_labels(connection: Connection, labelled: Iterable[tuple[Category, int]]) -> None:
    rows = [category.model_dump() | {"revision": revision} for category, revision in labelled]
    await connection.execute(_KEEP_LABELS, json.dumps(rows))
