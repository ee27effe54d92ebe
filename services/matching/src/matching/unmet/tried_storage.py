"""The SQL of what was proposed to a request, as a broker looks back at it."""

from uuid import UUID

from chassis.database import Connection, Row
from matching.proposal import GivenAnswer
from matching.unmet.tried import TriedProposal
from schemas.vocabulary import Answer, DeclineReason, Strength

_MADE = """
    select p.offer_organisation_id, coalesce(l.content ->> 'title', '') as title, p.strength,
        p.proposed_at, p.withdrawn_at is not null as withdrawn,
        o.answer as offer_answer, o.reason as offer_reason,
        r.answer as request_answer, r.reason as request_reason
    from proposal p left join listing l on l.listing_id = p.offer_id
    left join answer o on o.proposal_id = p.proposal_id and o.side = 'offer'
    left join answer r on r.proposal_id = p.proposal_id and r.side = 'request'
    where p.request_id = $1 order by p.strength desc, p.proposed_at
"""


async def made_to(connection: Connection, request_id: UUID) -> tuple[TriedProposal, ...]:
    rows = await connection.fetch(_MADE, request_id)
    return tuple(map(_tried, rows))


def _tried(row: Row) -> TriedProposal:
    return TriedProposal(
        offer_organisation_id=row["offer_organisation_id"],
        title=row["title"],
        strength=Strength(row["strength"]),
        proposed_at=row["proposed_at"],
        withdrawn=row["withdrawn"],
        offer_said=_said(row["offer_answer"], row["offer_reason"]),
        request_said=_said(row["request_answer"], row["request_reason"]),
    )


def _said(answer: str | None, reason: str | None) -> GivenAnswer | None:
    if answer is None:
        return None
    return GivenAnswer(
        answer=Answer(answer), reason=None if reason is None else DeclineReason(reason)
    )
