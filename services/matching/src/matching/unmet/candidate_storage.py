"""The SQL of whom a broker could ask, one function a statement."""

from collections.abc import Sequence
from uuid import UUID

from chassis.database import Connection
from matching.unmet.candidate import Candidate, CandidateReasons
from schemas.member import MemberState
from schemas.organisation import OrganisationState

_COUNTERPARTS = """
    select o.id from state_copy o
    where o.name = $1 and o.payload is not null and o.id = any($3::uuid[]) and o.id <> $2
        and not exists (select from hidden_pair
            where (organisation_id, hidden_organisation_id) in (($2, o.id), (o.id, $2)))
"""


async def hold(connection: Connection, organisation_ids: Sequence[UUID]) -> None:
    """Until the transaction ends they stay as they are, and so do their members.

    Asked before anything else is locked, as new states begin with the same rows.
    """
    await connection.execute(
        "select from state_copy where (name = $1 and id = any($3::uuid[]))"
        " or (name = $2 and subjects && $3::uuid[]) order by name desc, id for share",
        OrganisationState.name,
        MemberState.name,
        list(organisation_ids),
    )


async def may_be_asked(
    connection: Connection,
    organisation_ids: Sequence[UUID],
    *,
    request_organisation_id: UUID,
) -> frozenset[UUID]:
    """Those in the directory that are neither the request's own nor hidden from each other."""
    rows = await connection.fetch(
        _COUNTERPARTS,
        OrganisationState.name,
        request_organisation_id,
        list(organisation_ids),
    )
    return frozenset(row["id"] for row in rows)


async def replace_candidates(
    connection: Connection,
    request_id: UUID,
    candidates: Sequence[Candidate],
    *,
    request_organisation_id: UUID,
) -> None:
    await connection.execute("delete from candidate where request_id = $1", request_id)
    rows = [
        (
            request_id,
            each.organisation_id,
            place,
            each.reasons.model_dump_json(),
            [each.organisation_id, request_organisation_id],
        )
        for place, each in enumerate(candidates)
    ]
    await connection.executemany(
        "insert into candidate (request_id, organisation_id, place, reasons, subjects)"
        " values ($1, $2, $3, $4::jsonb, $5)",
        rows,
    )


async def candidates_of(connection: Connection, request_id: UUID) -> tuple[Candidate, ...]:
    rows = await connection.fetch(
        "select organisation_id, reasons from candidate where request_id = $1 order by place",
        request_id,
    )
    return tuple(
        Candidate(
            organisation_id=row["organisation_id"],
            reasons=CandidateReasons.model_validate_json(row["reasons"]),
        )
        for row in rows
    )
