"""SQL for notices, the mails they lead to, and erasure; one function a statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection, Row
from notifications.letter import Addressee
from notifications.letters import BY_TEMPLATE
from notifications.mail import Doubt, Notice, Recipient, domain_of
from schemas.member import MemberState

ERASURE_LOCK = 0x6572617375726573
"""Advisory lock key: the bytes of "erasures"; shared by all who address, held alone to erase."""


async def keep_erasures_out(connection: Connection) -> None:
    """Until we commit: what we read as not erased is still so, and an erasure sees what we wrote.

    Taken before anything is read; the copies' own rows would not do, as some are not known yet.
    """
    await connection.execute("select pg_advisory_xact_lock_shared($1)", ERASURE_LOCK)


async def keep_addressing_out(connection: Connection) -> None:
    """Wait for all who address; whoever comes later sees what we erased."""
    await connection.execute("select pg_advisory_xact_lock($1)", ERASURE_LOCK)


async def any_erased(connection: Connection, subjects: Sequence[UUID]) -> bool:
    found = await connection.fetchval(
        "select exists (select from state_copy"
        " where name = any($2::text[]) and id = any($1::uuid[]) and payload is null)",
        list(subjects),
        ["member.state", "organisation.state"],
    )
    return bool(found)


async def insert_notice(connection: Connection, notice: Notice, *, now: datetime) -> bool:
    """Whether it was new."""
    row = await connection.fetchrow(
        "insert into notice (id, template, event, organisation_id, member_id, side, event_id,"
        " correlation_id, traceparent, subjects, expires_at, closes_at, created_at, ends_with)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13)"
        " on conflict (id) do nothing returning id",
        notice.id,
        notice.letter.template,
        notice.event.model_dump_json(),
        notice.addressee.organisation_id,
        notice.addressee.member_id,
        notice.addressee.side,
        notice.cause.event_id,
        notice.cause.correlation_id,
        notice.cause.traceparent,
        list(notice.event.subjects()),
        notice.expires_at,
        now,
        list(notice.ends_with),
    )
    return row is not None


def notice_in(row: Row) -> Notice:
    letter = BY_TEMPLATE[row["template"]]
    return Notice(
        id=row["notice_id"],
        letter=letter,
        event=letter.event.model_validate_json(row["event"]),
        addressee=Addressee(
            organisation_id=row["organisation_id"],
            member_id=row["addressee_member_id"],
            side=row["side"],
        ),
        cause=Cause(
            correlation_id=row["correlation_id"],
            event_id=row["event_id"],
            traceparent=row["traceparent"],
        ),
    )


NOTICE_COLUMNS = (
    "notice.id as notice_id, notice.template, notice.event, notice.organisation_id,"
    " notice.member_id as addressee_member_id, notice.side, notice.event_id,"
    " notice.correlation_id, notice.traceparent"
)
IS_LEGIBLE = f"notice.event is not null and notice.template in {tuple(BY_TEMPLATE)}"
"""Not blanked, and of a letter that this version knows: after a step back another one waits."""


async def open_notices_for(
    connection: Connection, member_ids: Sequence[UUID], *, now: datetime
) -> tuple[Notice, ...]:
    """Notices to these members or their organisations that are still open."""
    rows = await connection.fetch(
        f"select {NOTICE_COLUMNS} from notice where {IS_LEGIBLE} and closes_at > $3"
        " and (member_id = any($1::uuid[]) or (member_id is null and organisation_id in ("
        "   select jsonb_array_elements_text(payload -> 'organisation_ids')::uuid"
        "   from state_copy where name = $2 and id = any($1::uuid[]) and payload is not null)))",
        list(member_ids),
        MemberState.name,
        now,
    )
    return tuple(map(notice_in, rows))


async def waiting_notices(connection: Connection, *, now: datetime) -> tuple[Notice, ...]:
    rows = await connection.fetch(
        f"select {NOTICE_COLUMNS} from notice"
        f" where addressed_at is null and {IS_LEGIBLE} and closes_at > $1"
        " order by closes_at limit 1000",
        now,
    )
    return tuple(map(notice_in, rows))


async def mark_addressed(
    connection: Connection, notice_id: UUID, *, closes_at: datetime, now: datetime
) -> None:
    await connection.execute(
        "update notice set addressed_at = $3, closes_at = $2"
        " where id = $1 and addressed_at is null",
        notice_id,
        closes_at,
        now,
    )


async def insert_mail(
    connection: Connection, notice: Notice, recipient: Recipient, *, now: datetime
) -> None:
    """A cause that is too old is recorded as expired and never sent.

    One from before a restore is held: the mail may have gone out, and be forgotten.
    """
    await connection.execute(
        "insert into mail (id, notice_id, member_id, template, purpose, domain, state, diagnostic,"
        " revision, created_at, settled_at, expires_at, due_at, subjects)"
        " select $1, $2, $3, $4, $5, $6,"
        "  case when $8 <= now then 'expired' when forgotten then 'held' else 'pending' end,"
        "  case when $8 > now and forgotten then $11 end, extract(epoch from now) * 1000,"
        "  now, case when $8 <= now then now end, $8, now, $9::uuid[]"
        " from (values ($7::timestamptz)) as given (now),"
        "  (select exists (select from restoration where restored_at >= $10)) as doubt (forgotten)"
        " on conflict (id) do nothing",
        notice.mail_id(recipient.member_id),
        notice.id,
        recipient.member_id,
        notice.letter.template,
        notice.letter.purpose,
        domain_of(recipient.email),
        now,
        notice.expires_at,
        list({recipient.member_id, *notice.event.subjects()}),
        notice.event.occurred_at,
        Doubt.RESTORED,
    )


async def hold_what_waits(connection: Connection) -> None:
    """What is being handed over is settled as after any crash."""
    await connection.execute(
        "update mail set state = 'held', diagnostic = $1, claim = null, claimed_at = null"
        " where state in ('pending', 'claimed')",
        Doubt.RESTORED,
    )


async def blank_mails_about(connection: Connection, subject: UUID, *, now: datetime) -> None:
    """What was not sent yet never will be."""
    await connection.execute(
        "update mail set address = null, subject = null, text = null, html = null, domain = '',"
        " diagnostic = null, settled_at = coalesce(settled_at, $2), claim = null,"
        " state = case when state in ('pending', 'claimed', 'sending', 'held') then 'suppressed'"
        "   else state end"
        " where subjects @> array[$1]::uuid[]",
        subject,
        now,
    )


async def blank_notices_about(connection: Connection, subject: UUID, *, now: datetime) -> None:
    await connection.execute(
        "update notice set event = null, closes_at = least(closes_at, $2)"
        " where subjects @> array[$1]::uuid[]",
        subject,
        now,
    )


async def forget_member(connection: Connection, member_id: UUID) -> None:
    await connection.execute(
        "with preferences as (delete from preference where member_id = $1),"
        " consents as (delete from consent where member_id = $1)"
        " delete from suppression where member_id = $1",
        member_id,
    )
