"""The SQL of questions that pass to a colleague, one function a statement.

What was asked and is not answered waits to be asked anew: its mail went to somebody who is gone.
"""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from schemas.member import MemberState

_ACTS_FOR_IT = """
    @> jsonb_build_object('organisation_ids', jsonb_build_array(own.organisation_id))
"""

_ASKED_ANEW = """
    asked_at = case when q.answered_at is not null then q.asked_at end,
    closes_at = case when q.answered_at is not null then q.closes_at end
"""

_HAND_OVER = f"""
    with colleague as (
        select distinct on (own.organisation_id) own.organisation_id, copy.id
        from question own join state_copy copy
            on copy.name = $2 and copy.payload {_ACTS_FOR_IT}
        where own.member_id = $1 order by own.organisation_id, copy.id)
    update question q set member_id = c.id, subjects = array_replace(subjects, $1, c.id),
        {_ASKED_ANEW}
    from colleague c where q.member_id = $1 and q.organisation_id = c.organisation_id
"""

_PASS_ON = f"""
    with colleague as (
        select distinct on (own.question_id) own.question_id, copy.id
        from question own join state_copy former
            on former.name = $1 and former.id = own.member_id
            and former.payload is not null and not former.payload {_ACTS_FOR_IT}
        join state_copy copy on copy.name = $1 and copy.payload {_ACTS_FOR_IT}
        where own.answered_at is null
            and (own.closes_at > $2 or own.asked_at is null and own.due_at <= $2)
        order by own.question_id, copy.id)
    update question q set member_id = c.id, subjects = array_replace(subjects, q.member_id, c.id),
        {_ASKED_ANEW}
    from colleague c where q.question_id = c.question_id and q.answered_at is null
"""


async def hand_over(connection: Connection, member_id: UUID) -> None:
    """What an erased member was or would be asked is a colleague's, where one is known."""
    await connection.execute(_HAND_OVER, member_id, MemberState.name)


async def pass_on(connection: Connection, *, now: datetime) -> None:
    """What is due or open to whoever left is a colleague's, as soon as one is known."""
    await connection.execute(_PASS_ON, MemberState.name, now)
