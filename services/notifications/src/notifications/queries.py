"""Reads: who a notice goes to, and what the operators' pages show."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.database import Connection, Row
from notifications import storage
from notifications.mail import MailState, Notice, Recipient
from schemas.contact import ContactAccepted
from schemas.member import MemberState, SignInRequested
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAge:
    """How much waits, since when, and how much needs an operator."""

    waiting: int
    oldest: datetime | None
    held: int
    without_recipient: int


async def recipients_of(connection: Connection, notice: Notice) -> tuple[Recipient, ...]:
    """Everybody known now whom a notice addresses."""
    event, member_id = notice.event, notice.addressee.member_id
    if isinstance(event, SignInRequested):
        return (await _whoever_signs_in(connection, event),)
    if member_id is not None:
        members = await copies.find_many(connection, MemberState, [member_id])
    else:
        fragment = json.dumps({"organisation_ids": [str(notice.addressee.organisation_id)]})
        members = await copies.containing(connection, MemberState, fragment)
    return tuple(map(_recipient, members))


async def recipient(connection: Connection, notice: Notice, member_id: UUID) -> Recipient | None:
    """A mail's recipient as known now; None once erased."""
    if isinstance(notice.event, SignInRequested):
        return await _whoever_signs_in(connection, notice.event)
    member = await copies.find(connection, MemberState, member_id)
    return None if member is None else _recipient(member)


async def counterpart_of(connection: Connection, notice: Notice) -> str | None:
    """The other side's name, only where a contact was accepted and disclosed it."""
    event = notice.event
    if isinstance(event, ContactAccepted):
        other = event.owner if notice.addressee.side == "requester" else event.requester
        return other.organisation_name
    if not isinstance(event, OutcomeAsked):
        return None
    found = await copies.find(connection, OrganisationState, event.counterpart_organisation_id)
    return None if found is None else found.organisation_name


async def _whoever_signs_in(connection: Connection, event: SignInRequested) -> Recipient:
    member = await copies.find(connection, MemberState, event.member_id)
    return Recipient(
        member_id=event.member_id,
        name=member.member_name if member else "",
        email=event.email,
        language=event.language,
    )


def _recipient(member: MemberState) -> Recipient:
    return Recipient(
        member_id=member.member_id,
        name=member.member_name,
        email=member.email,
        language=member.language,
    )


async def queue_age(connection: Connection, *, now: datetime) -> QueueAge:
    [row] = await connection.fetch(
        "select count(*) filter (where state in ('pending', 'claimed', 'sending')) as waiting,"
        " min(created_at) filter (where state in ('pending', 'claimed', 'sending')) as oldest,"
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
