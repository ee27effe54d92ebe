"""The SQL of proposals and answers, one function a statement."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.features import Features
from matching.listing_storage import wording_of
from matching.proposal import GivenAnswer, Proposal, SideName, other
from schemas.match import Reasons
from schemas.vocabulary import Answer, DeclineReason, Strength

_COLUMNS = ", ".join(field.name for field in fields(Proposal))

_INSERT = f"""
    insert into proposal ({_COLUMNS}, subjects, request_wording)
    select $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14::jsonb,
        array[$4::uuid, $5],
        (select {wording_of("r")} from listing r where r.listing_id = $3 and r.content is not null)
    where not exists (select from hidden_pair
        where (organisation_id, hidden_organisation_id) in (($4, $5), ($5, $4)))
    on conflict do nothing returning proposal_id
"""

_WITHDRAW = f"""
    update proposal set withdrawn_at = $2, revision = greatest(revision + 1, $3)
    where $1 in (offer_id, request_id) and withdrawn_at is null
    returning {_COLUMNS}
"""

_CONFIRM_WORDING = f"""
    update proposal p set request_wording = {wording_of("r")} from listing r
    where p.proposal_id = any($1::uuid[]) and p.strength = 'strong' and r.listing_id = p.request_id
        and r.content is not null and p.request_wording is distinct from {wording_of("r")}
"""

# Locked by whoever says or takes back, so that of two at once the later one knows the other.
_HIDE = """
    insert into hidden_pair as hidden (organisation_id, hidden_organisation_id, proposal_id,
        subjects)
    values ($1, $2, $3, array[$1, $2]::uuid[])
    on conflict (organisation_id, hidden_organisation_id) do update
        set proposal_id = hidden.proposal_id
"""

_LOCK_HIDDEN = """
    select from hidden_pair where organisation_id = $1 and hidden_organisation_id = $2 for update
"""

# What another answer still says of the same two keeps them hidden.
_SHOW_AGAIN = """
    with still as (select p.proposal_id from answer a join proposal p using (proposal_id)
        where a.reason = 'competitor' and p.proposal_id <> $3 and case a.side
            when 'offer' then (p.offer_organisation_id, p.request_organisation_id) = ($1, $2)
            else (p.request_organisation_id, p.offer_organisation_id) = ($1, $2) end
        order by a.answered_at, p.proposal_id limit 1),
    handed_on as (update hidden_pair h set proposal_id = still.proposal_id from still
        where h.organisation_id = $1 and h.hidden_organisation_id = $2 and h.proposal_id = $3)
    delete from hidden_pair where organisation_id = $1 and hidden_organisation_id = $2
        and proposal_id = $3 and not exists (select from still)
"""


# Proposals are locked before their answers, as whoever answers does it.
_FORGET = (
    """update proposal set reasons = '{}', request_wording = null
        where subjects @> array[$1]::uuid[]""",
    """select from proposal where proposal_id in (select proposal_id from answer
        where subjects @> array[$1]::uuid[]) order by proposal_id for no key update""",
    """update answer set member_id = null, subjects = array_remove(subjects, $1::uuid)
        where subjects @> array[$1]::uuid[]""",
    "delete from hidden_pair where subjects @> array[$1]::uuid[]",
)


async def insert_many(connection: Connection, proposals: Sequence[Proposal]) -> frozenset[UUID]:
    """Those that are new; other pairs were proposed before, or want no more of each other."""
    rows = await connection.fetchmany(_INSERT, list(map(_values, proposals)))
    return frozenset(row["proposal_id"] for row in rows)


async def confirm_wordings(connection: Connection, decided: Sequence[Proposal]) -> None:
    """Of pairs that were decided as strong again: they fit what the request says by now."""
    await connection.execute(_CONFIRM_WORDING, [each.proposal_id for each in decided])


async def proposal(
    connection: Connection, proposal_id: UUID, *, locked: bool = False
) -> Proposal | None:
    lock = " for no key update" if locked else ""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from proposal where proposal_id = $1{lock}", proposal_id
    )
    return None if row is None else _proposal(row)


async def withdraw_of(
    connection: Connection, listing_id: UUID, *, at: datetime
) -> tuple[Proposal, ...]:
    """Withdraw what is still open about a listing; each comes with its new revision."""
    rows = await connection.fetch(_WITHDRAW, listing_id, at, _epoch_ms(at))
    return tuple(map(_proposal, rows))


async def next_revision(connection: Connection, proposal_id: UUID, *, at: datetime) -> int:
    revision: int = await connection.fetchval(
        "update proposal set revision = greatest(revision + 1, $2) where proposal_id = $1"
        " returning revision",
        proposal_id,
        _epoch_ms(at),
    )
    return revision


async def answer_of(
    connection: Connection, proposal_id: UUID, side: SideName
) -> GivenAnswer | None:
    row = await connection.fetchrow(
        "select answer, reason from answer where proposal_id = $1 and side = $2", proposal_id, side
    )
    if row is None:
        return None
    reason = row["reason"]
    return GivenAnswer(
        answer=Answer(row["answer"]), reason=None if reason is None else DeclineReason(reason)
    )


async def save_answer(
    connection: Connection,
    proposal: Proposal,
    side: SideName,
    given: GivenAnswer,
    *,
    member_id: UUID,
    at: datetime,
) -> None:
    await connection.execute(
        "insert into answer (proposal_id, side, member_id, answer, reason, answered_at, subjects)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (proposal_id, side) do update"
        " set member_id = excluded.member_id, answer = excluded.answer, reason = excluded.reason,"
        " answered_at = excluded.answered_at, subjects = excluded.subjects",
        proposal.proposal_id,
        side,
        member_id,
        given.answer,
        given.reason,
        at,
        [*proposal.subjects, member_id],
    )


async def hide_pair(connection: Connection, proposal: Proposal, side: SideName) -> None:
    await connection.execute(_HIDE, *_between(proposal, side), proposal.proposal_id)


async def show_pair_again(connection: Connection, proposal: Proposal, side: SideName) -> None:
    """Take back what this proposal's answer hid, once it is corrected."""
    await connection.execute(_LOCK_HIDDEN, *_between(proposal, side))
    await connection.execute(_SHOW_AGAIN, *_between(proposal, side), proposal.proposal_id)


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank the words of an erased organisation's proposals and who of a side answered."""
    for statement in _FORGET:
        await connection.execute(statement, subject)


def _between(proposal: Proposal, side: SideName) -> tuple[UUID, UUID]:
    return (proposal.organisation_on(side), proposal.organisation_on(other(side)))


def _epoch_ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _values(proposal: Proposal) -> list[object]:
    features = proposal.features
    written = {
        "reasons": proposal.reasons.model_dump_json(),
        "features": None if features is None else json.dumps(features.columns()),
    }
    return [written.get(field.name, getattr(proposal, field.name)) for field in fields(proposal)]


def _proposal(row: Row) -> Proposal:
    columns = dict(row)
    strength = Strength(columns.pop("strength"))
    reasons = Reasons.model_validate_json(columns.pop("reasons"))
    features = columns.pop("features")
    return Proposal(
        **columns,
        strength=strength,
        reasons=reasons,
        features=None if features is None else Features(**json.loads(features)),
    )
