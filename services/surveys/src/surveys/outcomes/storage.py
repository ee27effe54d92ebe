"""The questions' SQL, one function a statement."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.database import Connection
from schemas.contact import ContactAccepted
from schemas.member import MemberState
from schemas.outcome import OutcomeAsked, OutcomeReported
from schemas.vocabulary import NothingReason, Outcome
from surveys.outcomes.question import GivenAnswer, Question

_COLUMNS = """
    question_id, contact_id, organisation_id, member_id, counterpart_organisation_id, after_days,
    due_at, asked_at, closes_at, outcome, reason, answered_at
"""

_ONE = f"select {_COLUMNS} from question where question_id = $1"

# Of several that became due during an outage only the latest is asked, and none shortly before the
# next. What has been due for longer than there is time to answer is not asked any more. Who left is
# not asked: what still names them here waits for a colleague.
_DUE = f"""
    select {_COLUMNS} from question q
    where asked_at is null and due_at <= $1 and due_at > $1 - $2::interval
        and not exists (select from question later
            where later.contact_id = q.contact_id and later.organisation_id = q.organisation_id
                and later.after_days > q.after_days
                and (later.due_at < $3 or later.asked_at is not null))
        and not exists (select from question final
            where final.contact_id = q.contact_id and final.organisation_id = q.organisation_id
                and final.final)
        and not exists (select from state_copy former
            where former.name = $5 and former.id = q.member_id and not former.payload
                @> jsonb_build_object('organisation_ids', jsonb_build_array(q.organisation_id)))
    order by due_at, question_id limit $4 for update skip locked
"""

_SAVE = """
    update question set asked_at = $2, closes_at = $3, outcome = $4, reason = $5, final = $6,
        answered_at = $7
    where question_id = $1
"""


async def follow(connection: Connection, contact: ContactAccepted) -> bool:
    """Keep a contact to ask about; False where it is kept already."""
    row = await connection.fetchrow(
        "insert into followed_contact (contact_id, revision, listing_id, listing_title,"
        " listing_language, accepted_at, subjects) values ($1, $2, $3, $4, $5, $6, $7)"
        " on conflict do nothing returning contact_id",
        contact.contact_id,
        contact.revision,
        contact.listing_id,
        contact.listing_title,
        contact.listing_language,
        contact.occurred_at,
        [contact.requesting_organisation_id, contact.owning_organisation_id],
    )
    return row is not None


async def add_questions(connection: Connection, questions: Sequence[Question]) -> None:
    await connection.executemany(
        "insert into question (question_id, contact_id, organisation_id, member_id,"
        " counterpart_organisation_id, after_days, due_at, subjects)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (
                each.question_id,
                each.contact_id,
                each.organisation_id,
                each.member_id,
                each.counterpart_organisation_id,
                each.after_days,
                each.due_at,
                list(each.subjects),
            )
            for each in questions
        ],
    )


async def due_questions(
    connection: Connection, *, now: datetime, within: timedelta, next_from: datetime, limit: int
) -> tuple[Question, ...]:
    """Due for no longer than ``within``, and the next one not before ``next_from``."""
    rows = await connection.fetch(_DUE, now, within, next_from, limit, MemberState.name)
    return tuple(map(_question, rows))


async def question(connection: Connection, question_id: UUID) -> Question | None:
    row = await connection.fetchrow(_ONE, question_id)
    return None if row is None else _question(row)


async def question_for_update(connection: Connection, question_id: UUID) -> Question | None:
    row = await connection.fetchrow(f"{_ONE} for update", question_id)
    return None if row is None else _question(row)


async def save(connection: Connection, question: Question) -> None:
    answer = question.answer
    await connection.execute(
        _SAVE,
        question.question_id,
        question.asked_at,
        question.closes_at,
        answer and answer.outcome,
        answer and answer.reason,
        answer is not None and answer.is_final,
        question.answered_at,
    )


async def recall_asking(connection: Connection, asked: OutcomeAsked) -> None:
    """Not where somebody else is to be asked since."""
    await connection.execute(
        "update question set asked_at = $2, closes_at = $3"
        " where question_id = $1 and asked_at is null and member_id = $4",
        asked.question_id,
        asked.occurred_at,
        asked.closes_at,
        asked.member_id,
    )


async def recall_answer(connection: Connection, reported: OutcomeReported) -> None:
    await connection.execute(
        "update question set outcome = $2, reason = $3, final = $4, answered_at = $5"
        " where question_id = $1 and (answered_at is null or answered_at < $5)",
        reported.question_id,
        reported.outcome,
        reported.reason,
        reported.final,
        reported.occurred_at,
    )


async def next_revision(connection: Connection, contact_id: UUID, *, now: datetime) -> int:
    """Count the contact's history on; locks it until the transaction ends."""
    revision: int = await connection.fetchval(
        "update followed_contact set revision = greatest(revision + 1, $2)"
        " where contact_id = $1 returning revision",
        contact_id,
        int(now.timestamp() * 1000),
    )
    return revision


async def title_of(connection: Connection, contact_id: UUID) -> str:
    title: str = await connection.fetchval(
        "select listing_title from followed_contact where contact_id = $1", contact_id
    )
    return title


async def forget(connection: Connection, subject: UUID) -> None:
    """Drop what an erased organisation was part of, and what an erased member alone was asked."""
    await connection.execute(
        "delete from followed_contact where subjects @> array[$1]::uuid[]", subject
    )
    await connection.execute("delete from question where subjects @> array[$1]::uuid[]", subject)


async def finished_of_followed(connection: Connection, *, before: datetime) -> tuple[int, int]:
    row = await connection.fetchrow(
        "select count(*) filter (where accepted_at < $1), count(*) from followed_contact", before
    )
    return (0, 0) if row is None else (row[0], row[1])


async def forget_finished(connection: Connection, *, before: datetime) -> None:
    await connection.execute("delete from followed_contact where accepted_at < $1", before)


def _question(row: Any) -> Question:
    fields = dict(row)
    outcome, reason = fields.pop("outcome"), fields.pop("reason")
    return Question(**fields, answer=_answer(outcome, reason))


def _answer(outcome: str | None, reason: str | None) -> GivenAnswer | None:
    if outcome is None:
        return None
    return GivenAnswer(
        outcome=Outcome(outcome), reason=None if reason is None else NothingReason(reason)
    )
