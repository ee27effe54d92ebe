"""The moderators' ledger: every decision about a listing or an edit, with its reason."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from chassis.database import Connection
from schemas.vocabulary import RejectionReason


class Verdict(StrEnum):
    RELEASED = "released"
    REJECTED = "rejected"


Subject = Literal["listing", "edit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`decided_by` is absent where an operator's import released the listing."""

    listing_id: UUID
    organisation_id: UUID
    subject: Subject
    verdict: Verdict
    decided_at: datetime
    decided_by: UUID | None = None
    reason: RejectionReason | None = None
    rule: str = ""


async def record(connection: Connection, decision: Decision) -> None:
    await connection.execute(
        "insert into moderation_decision (listing_id, organisation_id, subject, decision, basis,"
        " reason, rule, decided_by, decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        decision.listing_id,
        decision.organisation_id,
        decision.subject,
        decision.verdict,
        "import" if decision.decided_by is None else "moderator",
        decision.reason,
        decision.rule,
        decision.decided_by,
        decision.decided_at,
    )


async def forget_words_about(connection: Connection, organisation_id: UUID) -> None:
    await connection.execute(
        "update moderation_decision set rule = '' where organisation_id = $1", organisation_id
    )


async def decisions_about(connection: Connection, listing_id: UUID) -> tuple[Decision, ...]:
    rows = await connection.fetch(
        "select * from moderation_decision where listing_id = $1 order by id desc", listing_id
    )
    return tuple(
        Decision(
            listing_id=row["listing_id"],
            organisation_id=row["organisation_id"],
            subject=row["subject"],
            verdict=Verdict(row["decision"]),
            decided_at=row["decided_at"],
            decided_by=row["decided_by"],
            reason=row["reason"] and RejectionReason(row["reason"]),
            rule=row["rule"],
        )
        for row in rows
    )
