"""The SQL of decided pairs that wait, one function a statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection, Row
from matching.features import Features
from matching.proposal import Proposal
from matching.spread.waiting_storage import MAY_COME
from schemas.match import Reasons
from schemas.vocabulary import Strength

LOCK = 0x737072656164
"""Advisory lock key: the bytes of "spread". Who releases counts what stands, one at a time."""

_KEEP = """
    insert into waiting_proposal (proposal_id, offer_id, request_id, offer_organisation_id,
        request_organisation_id, offer_text_revision, request_text_revision, category, strength,
        reasons, q, d, features, engine_version, waits_since, correlation_id, caused_by,
        traceparent, subjects)
    select $1, $2, $3, $4, $5, o.text_revision, r.text_revision,
        coalesce(o.content #>> '{category,slug}', ''), $6, $7::jsonb, $8, $9, $10::jsonb, $11,
        $12, $13, $14, $15, array[$4::uuid, $5::uuid]
    from listing o, listing r where o.listing_id = $2 and r.listing_id = $3
        and not exists (select from proposal where offer_id = $2 and request_id = $3)
    on conflict (offer_id, request_id) do update set category = excluded.category,
        offer_text_revision = excluded.offer_text_revision,
        request_text_revision = excluded.request_text_revision, strength = excluded.strength,
        reasons = excluded.reasons, q = excluded.q, d = excluded.d, features = excluded.features,
        engine_version = excluded.engine_version
"""

# Of the pair `w` with its listings `o` and `r`, under the version `$2`.
_OUTDATED = """(w.engine_version <> $2 or w.offer_text_revision <> o.text_revision
    or w.request_text_revision <> r.text_revision)"""

_DROP_OUTDATED = f"""
    delete from waiting_proposal w using listing o, listing r
    where (w.offer_id = $1 or w.request_id = $1)
        and o.listing_id = w.offer_id and r.listing_id = w.request_id and {_OUTDATED}
"""

_DECIDED_ABOUT = f"""
    select case when offer_id = $1 then request_id else offer_id end as other_id
    from (select offer_id, request_id from proposal
        union all select w.offer_id, w.request_id from waiting_proposal w, listing o, listing r
        where o.listing_id = w.offer_id and r.listing_id = w.request_id and not {_OUTDATED}
    ) as pair where $1 in (offer_id, request_id)
"""

_TAKE = f"""
    select w.* from waiting_proposal w, listing o, listing r
    where {MAY_COME} and w.proposal_id = any($2::uuid[])
    for update of w skip locked for share of o, r skip locked
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A pair that has its turn, and what led to its decision."""

    proposal: Proposal
    cause: Cause


async def lock(connection: Connection) -> None:
    """Until the transaction ends nobody else keeps or releases."""
    await connection.execute("select pg_advisory_xact_lock($1)", LOCK)


async def keep(connection: Connection, decided: Sequence[Proposal], *, cause: Cause) -> None:
    """Pairs that were proposed before are passed over; those that wait get the newer decision."""
    await connection.executemany(_KEEP, [_row(each, cause) for each in decided])


async def decided_about(
    connection: Connection, listing_id: UUID, *, version: str
) -> frozenset[UUID]:
    """Counterparts that need no new decision; what is outdated will be dropped."""
    rows = await connection.fetch(_DECIDED_ABOUT, listing_id, version)
    return frozenset(row["other_id"] for row in rows)


async def drop_outdated(connection: Connection, listing_id: UUID, *, version: str) -> None:
    """What waits about a listing and was decided on another text, or under another version."""
    await connection.execute(_DROP_OUTDATED, listing_id, version)


async def take(
    connection: Connection, proposal_ids: Sequence[UUID], *, at: datetime
) -> tuple[Taken, ...]:
    """Locked with their listings; one that somebody changes just now keeps waiting."""
    rows = await connection.fetch(_TAKE, at, list(proposal_ids))
    return tuple(_taken(row, at) for row in rows)


async def drop(connection: Connection, proposal_ids: Sequence[UUID]) -> None:
    await connection.execute(
        "delete from waiting_proposal where proposal_id = any($1::uuid[])", list(proposal_ids)
    )


async def drop_of(connection: Connection, listing_id: UUID) -> None:
    await connection.execute(
        "delete from waiting_proposal where offer_id = $1 or request_id = $1", listing_id
    )


async def forget(connection: Connection, subject: UUID) -> None:
    await connection.execute(
        "delete from waiting_proposal where subjects @> array[$1]::uuid[]", subject
    )


def _row(decided: Proposal, cause: Cause) -> tuple[object, ...]:
    return (
        decided.proposal_id,
        decided.offer_id,
        decided.request_id,
        decided.offer_organisation_id,
        decided.request_organisation_id,
        decided.strength,
        decided.reasons.model_dump_json(),
        decided.q,
        decided.d,
        None if decided.features is None else json.dumps(decided.features.columns()),
        decided.engine_version,
        decided.proposed_at,
        cause.correlation_id,
        cause.event_id,
        cause.traceparent,
    )


def _taken(row: Row, at: datetime) -> Taken:
    proposal = Proposal(
        proposal_id=row["proposal_id"],
        offer_id=row["offer_id"],
        request_id=row["request_id"],
        offer_organisation_id=row["offer_organisation_id"],
        request_organisation_id=row["request_organisation_id"],
        revision=int(at.timestamp() * 1000),
        strength=Strength(row["strength"]),
        reasons=Reasons.model_validate_json(row["reasons"]),
        q=row["q"],
        d=row["d"],
        features=Features(**json.loads(row["features"])),
        engine_version=row["engine_version"],
        proposed_at=at,
    )
    cause = Cause(
        correlation_id=row["correlation_id"],
        event_id=row["caused_by"],
        traceparent=row["traceparent"],
    )
    return Taken(proposal=proposal, cause=cause)
