"""The SQL of enquiries and their answers, one function a statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.enquiries.enquiry import Enquiry, GivenEnquiryAnswer
from schemas.vocabulary import EnquiryAnswer

_COLUMNS = (
    "enquiry_id, request_id, request_organisation_id, organisation_id, revision, question,"
    " approved_at, expires_at, answer, note, answered_at"
)


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
    await connection.execute(
        "insert into never_asked (organisation_id, enquiry_id, said_at) values ($1, $2, $3)"
        " on conflict do nothing",
        enquiry.organisation_id,
        enquiry.enquiry_id,
        at,
    )


async def ask_again(connection: Connection, enquiry: Enquiry) -> None:
    """Take back what this enquiry's answer said, once it is corrected."""
    await connection.execute(
        "delete from never_asked where organisation_id = $1 and enquiry_id = $2",
        enquiry.organisation_id,
        enquiry.enquiry_id,
    )


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
