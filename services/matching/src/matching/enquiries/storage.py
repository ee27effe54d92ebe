"""The SQL of enquiries and their answers, one function a statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.enquiries.enquiry import Enquiry, GivenEnquiryAnswer
from schemas.vocabulary import EnquiryAnswer

_COLUMNS = (
    "enquiry_id, request_id, request_organisation_id, organisation_id, revision, question,"
    " approved_at, expires_at, answer, note, answered_at, answered_by, attempt, asked_again_at,"
    " exists (select from enquiry_mail m"
    "   where m.enquiry_id = enquiry.enquiry_id and m.sent) as was_sent,"
    " exists (select from enquiry_mail m"
    "   where m.enquiry_id = enquiry.enquiry_id and not m.sent"
    "   and m.attempt = enquiry.attempt) as bounced"
)

# One row an organisation, locked by whoever says it or takes it back: of two at once the later one
# knows the other.
_NEVER_ASK = """
    insert into never_asked as never (organisation_id, enquiry_id, said_at) values ($1, $2, $3)
    on conflict (organisation_id) do update set enquiry_id = never.enquiry_id
"""

# What another enquiry was answered still holds.
_ASK_AGAIN = """
    with still as (select enquiry_id, answered_at from enquiry
        where organisation_id = $1 and enquiry_id <> $2 and answer = 'never-ask-again'
        order by answered_at, enquiry_id limit 1),
    handed_on as (update never_asked n set enquiry_id = still.enquiry_id,
            said_at = still.answered_at
        from still where n.organisation_id = $1 and n.enquiry_id = $2)
    delete from never_asked
    where organisation_id = $1 and enquiry_id = $2 and not exists (select from still)
"""


async def add(connection: Connection, enquiry: Enquiry, *, approved_by: UUID) -> bool:
    """False where the organisation was asked about this request before."""
    row = await connection.fetchrow(
        "insert into enquiry (enquiry_id, request_id, request_organisation_id, organisation_id,"
        " revision, question, approved_at, expires_at, approved_by, subjects)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, array[$3::uuid, $4, $9])"
        " on conflict do nothing returning enquiry_id",
        enquiry.enquiry_id,
        enquiry.request_id,
        enquiry.request_organisation_id,
        enquiry.organisation_id,
        enquiry.revision,
        enquiry.question,
        enquiry.approved_at,
        enquiry.expires_at,
        approved_by,
    )
    return row is not None


async def enquiry(
    connection: Connection, enquiry_id: UUID, *, locked: bool = False
) -> Enquiry | None:
    lock = " for update" if locked else ""
    row = await connection.fetchrow(
        f"select {_COLUMNS} from enquiry where enquiry_id = $1{lock}", enquiry_id
    )
    return None if row is None else _enquiry(row)


async def enquiries_about(connection: Connection, request_id: UUID) -> tuple[Enquiry, ...]:
    rows = await connection.fetch(
        f"select {_COLUMNS} from enquiry where request_id = $1 order by approved_at, enquiry_id",
        request_id,
    )
    return tuple(map(_enquiry, rows))


async def open_again(
    connection: Connection, enquiry_id: UUID, *, at: datetime, expires_at: datetime
) -> Enquiry:
    row = await connection.fetchrow(
        "update enquiry set attempt = attempt + 1, asked_again_at = $2, expires_at = $3,"
        " revision = greatest(revision + 1, $4)"
        f" where enquiry_id = $1 returning {_COLUMNS}",
        enquiry_id,
        at,
        expires_at,
        int(at.timestamp() * 1000),
    )
    return _enquiry(row)


async def count_asked(
    connection: Connection,
    request_id: UUID,
    organisation_ids: Sequence[UUID],
    *,
    question: str,
    approved_by: UUID,
) -> int:
    """How many of them this broker asked just this."""
    count: int = await connection.fetchval(
        "select count(*) from enquiry where request_id = $1 and organisation_id = any($2::uuid[])"
        " and question = $3 and approved_by = $4",
        request_id,
        list(organisation_ids),
        question,
        approved_by,
    )
    return count


async def save_answer(
    connection: Connection,
    enquiry: Enquiry,
    given: GivenEnquiryAnswer,
    *,
    member_id: UUID | None,
    at: datetime,
) -> int:
    """Keep the answer in place of an earlier one; returns the enquiry's new revision."""
    revision: int = await connection.fetchval(
        "update enquiry set answer = $2, note = $3, answered_by = $4, answered_at = $5,"
        " revision = greatest(revision + 1, $6),"
        " subjects = case when $4::uuid is null or subjects @> array[$4::uuid] then subjects"
        " else subjects || $4::uuid end"
        " where enquiry_id = $1 returning revision",
        enquiry.enquiry_id,
        given.answer,
        given.note,
        member_id,
        at,
        int(at.timestamp() * 1000),
    )
    return revision


async def never_ask(connection: Connection, enquiry: Enquiry, *, at: datetime) -> None:
    await connection.execute(_NEVER_ASK, enquiry.organisation_id, enquiry.enquiry_id, at)


async def ask_again(connection: Connection, enquiry: Enquiry) -> None:
    """Take back what this enquiry's answer said, once it is corrected."""
    await connection.execute(
        "select from never_asked where organisation_id = $1 for update", enquiry.organisation_id
    )
    await connection.execute(_ASK_AGAIN, enquiry.organisation_id, enquiry.enquiry_id)


async def never_asked(connection: Connection, organisation_ids: Sequence[UUID]) -> frozenset[UUID]:
    rows = await connection.fetch(
        "select organisation_id from never_asked where organisation_id = any($1::uuid[])",
        list(organisation_ids),
    )
    return frozenset(row["organisation_id"] for row in rows)


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank what was asked of or by an erased organisation, and what an erased member said."""
    await connection.execute(
        "update enquiry set note = '', question = case when $1 in (request_organisation_id,"
        " organisation_id) then '' else question end, answered_by = nullif(answered_by, $1),"
        " approved_by = nullif(approved_by, $1), subjects = array_remove(subjects, $1::uuid)"
        " where subjects @> array[$1]::uuid[]"
        " and ($1 in (request_organisation_id, organisation_id) or answered_by = $1)",
        subject,
    )
    await connection.execute(
        "update enquiry set approved_by = null, subjects = array_remove(subjects, $1::uuid)"
        " where subjects @> array[$1]::uuid[] and approved_by = $1",
        subject,
    )
    await connection.execute("delete from never_asked where organisation_id = $1", subject)


def _enquiry(row: Row) -> Enquiry:
    columns = dict(row)
    answer, note = columns.pop("answer"), columns.pop("note")
    given = None if answer is None else GivenEnquiryAnswer(answer=EnquiryAnswer(answer), note=note)
    return Enquiry(**columns, given=given)
