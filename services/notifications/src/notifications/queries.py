"""What the operators' pages show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from notifications import storage
from notifications.mail import MailState

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAge:
    """How much waits, since when, and how much needs an operator."""

    waiting: int
    oldest: datetime | None
    held: int
    without_recipient: int


async def queue_age(connection: Connection, *, now: datetime) -> QueueAge:
    [row] = await connection.fetch(
        "select count(*) filter (where state in ('pending', 'claimed', 'sending')) as waiting,"
        " min(coalesce(collected_until, created_at)) filter (where state in"
        "   ('pending', 'claimed', 'sending')"
        "   and coalesce(collected_until, created_at) <= $1) as oldest,"
        " count(*) filter (where state = 'held') as held,"
        " (select count(*) from notice where addressed_at is null and closes_at > $1) as missing"
        " from mail where state in ('pending', 'claimed', 'sending', 'held')",
        now,
    )
    return QueueAge(
        waiting=row["waiting"],
        oldest=row["oldest"],
        held=row["held"],
        without_recipient=row["missing"],
    )


async def mails(
    connection: Connection, *, state: MailState | None, template: str | None, page: int
) -> tuple[list[Row], int]:
    """A page of mails, newest first, and how many there are."""
    where = "($1::text is null or state = $1) and ($2::text is null or template = $2)"
    rows = await connection.fetch(
        "select id, template, state, member_id, address, subject, created_at, due_at, settled_at,"
        f" diagnostic from mail where {where} order by created_at desc, id"
        " limit $3 offset $4",
        state,
        template,
        PAGE_ROWS,
        (page - 1) * PAGE_ROWS,
    )
    count: int = await connection.fetchval(
        f"select count(*) from mail where {where}", state, template
    )
    return rows, count


async def held_mails(connection: Connection, *, limit: int) -> tuple[list[Row], int]:
    """The oldest held mails, and how many there are."""
    rows = await connection.fetch(
        "select id, template, address, subject, created_at, diagnostic from mail"
        " where state = 'held' order by created_at, id limit $1",
        limit,
    )
    count: int = await connection.fetchval("select count(*) from mail where state = 'held'")
    return rows, count


async def mail_row(connection: Connection, mail_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select mail.*, mail.member_id as to_member_id, {storage.NOTICE_COLUMNS}"
        " from mail join notice on notice.id = mail.notice_id where mail.id = $1",
        mail_id,
    )


async def suppressed_addresses(connection: Connection) -> list[Row]:
    return await connection.fetch(
        "select address, reason, diagnostic, since, mail_id from suppression"
        " order by since desc limit 500"
    )
