"""SQL of the queue of mails; one function a step from pending to settled.

Every step names the claim it acts under, so that a sender that lost its mail changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection, Row
from notifications.composing import Message
from notifications.mail import Mail, MailState
from notifications.storage import IS_LEGIBLE, NOTICE_COLUMNS, notice_in

CLAIM_LOCK = 0x636C61696D
"""Advisory lock key: the bytes of "claim"; limits are counted by one sender at a time."""
CLAIM_LIFE = timedelta(seconds=60)
"""An offer takes less; what is claimed longer has lost its sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be claimed in a time."""

    per_second: int
    per_hour: int
    per_domain_and_minute: int


async def claim(
    connection: Connection, claim_id: UUID, *, limits: Limits, now: datetime
) -> Mail | None:
    """The most urgent due mail that the limits allow: what is useful shortest goes first.

    One whose notice was blanked, or that this version cannot say, must not keep others waiting.
    """
    await connection.execute("select pg_advisory_xact_lock($1)", CLAIM_LOCK)
    row = await connection.fetchrow(
        f"""
        with pace as (
            select count(*) as in_hour,
                count(*) filter (where claimed_at > $1::timestamptz - interval '1 s') as in_second
            from mail where claimed_at > $1::timestamptz - interval '1 h'
        ), busy as (
            select domain from mail where claimed_at > $1::timestamptz - interval '1 min'
            group by domain having count(*) >= $5
        ), next as (
            select mail.id from pace, mail join notice on notice.id = mail.notice_id
            where state = 'pending' and due_at <= $1 and mail.expires_at > $1
                and {IS_LEGIBLE}
                and pace.in_second < $3 and pace.in_hour < $4
                and domain not in (select domain from busy)
            order by mail.expires_at, due_at limit 1
            for update of mail skip locked
        )
        update mail set state = 'claimed', claim = $2, claimed_at = $1, attempts = attempts + 1,
            first_tried_at = coalesce(first_tried_at, $1)
        from next, notice
        where mail.id = next.id and notice.id = mail.notice_id
        returning mail.id, mail.member_id, mail.claim, mail.first_tried_at, mail.attempts,
            {NOTICE_COLUMNS}
        """,
        now,
        claim_id,
        limits.per_second,
        limits.per_hour,
        limits.per_domain_and_minute,
    )
    return None if row is None else _mail_in(row)


def _mail_in(row: Row) -> Mail:
    return Mail(
        id=row["id"],
        notice=notice_in(row),
        member_id=row["member_id"],
        claim=row["claim"],
        first_tried_at=row["first_tried_at"],
        attempts=row["attempts"],
    )


async def release(connection: Connection, mail: Mail) -> None:
    """Nobody tried: the mail waits as before."""
    await connection.execute(
        "update mail set state = 'pending', claim = null, claimed_at = null,"
        " attempts = attempts - 1,"
        " first_tried_at = case when attempts > 1 then first_tried_at end"
        " where id = $1 and claim = $2 and state = 'claimed'",
        mail.id,
        mail.claim,
    )


async def begin_sending(
    connection: Connection, mail: Mail, message: Message, *, address: str, now: datetime
) -> bool:
    """Whether the mail is still ours; from here on it is never sent again silently."""
    row = await connection.fetchrow(
        "update mail set state = 'sending', sending_at = $3, address = $4, subject = $5,"
        " text = $6, html = $7 where id = $1 and claim = $2 and state = 'claimed' returning id",
        mail.id,
        mail.claim,
        now,
        address,
        message.subject,
        message.text,
        message.html,
    )
    return row is not None


async def settle(
    connection: Connection, mail: Mail, state: MailState, *, diagnostic: str = "", now: datetime
) -> int | None:
    """End a mail's way; its revision, or None if somebody else settled it before."""
    revision: int | None = await connection.fetchval(
        "update mail set state = $3, diagnostic = nullif($4, ''),"
        " settled_at = case when $3 <> 'held' then $5::timestamptz end,"
        " revision = greatest(revision + 1, (extract(epoch from $5::timestamptz) * 1000)::bigint)"
        " where id = $1 and claim = $2 and state in ('claimed', 'sending', 'held')"
        " returning revision",
        mail.id,
        mail.claim,
        state,
        diagnostic,
        now,
    )
    return revision


async def hand_on(connection: Connection, mail: Mail) -> None:
    """Its reader is not concerned any more: the notice waits for whoever is."""
    await connection.execute(
        "update notice set addressed_at = null, closes_at = expires_at"
        " where id = $1 and event is not null",
        mail.notice.id,
    )


async def defer(connection: Connection, mail: Mail, *, until: datetime, diagnostic: str) -> None:
    await connection.execute(
        "update mail set state = 'pending', claim = null, due_at = $3, diagnostic = $4"
        " where id = $1 and claim = $2 and state in ('claimed', 'sending')",
        mail.id,
        mail.claim,
        until,
        diagnostic,
    )


async def release_abandoned(connection: Connection, *, now: datetime) -> None:
    """What was claimed by a sender that died was not offered: it waits again."""
    await connection.execute(
        "update mail set state = 'pending', claim = null, claimed_at = null"
        " where state = 'claimed' and claimed_at < $1",
        now - CLAIM_LIFE,
    )


async def abandoned_handovers(
    connection: Connection, *, now: datetime, limit_seconds: float
) -> tuple[Mail, ...]:
    """Mails whose handing over outlasted every time limit, so that nobody awaits the answer."""
    rows = await connection.fetch(
        "select mail.id, mail.member_id, mail.claim, mail.first_tried_at, mail.attempts,"
        f" {NOTICE_COLUMNS} from mail join notice on notice.id = mail.notice_id"
        f" where mail.state = 'sending' and mail.sending_at < $1 and {IS_LEGIBLE}"
        " order by mail.sending_at limit 100",
        now - timedelta(seconds=limit_seconds),
    )
    return tuple(map(_mail_in, rows))


async def suppression_of(connection: Connection, address: str) -> str | None:
    reason: str | None = await connection.fetchval(
        "select reason from suppression where address = lower($1)", address
    )
    return reason


async def suppress(
    connection: Connection,
    mail: Mail,
    address: str,
    *,
    of: UUID,
    diagnostic: str,
    now: datetime,
) -> None:
    await connection.execute(
        "insert into suppression (address, member_id, reason, diagnostic, mail_id, since)"
        " values (lower($1), $2, 'refused', $3, $4, $5) on conflict (address) do nothing",
        address,
        of,
        diagnostic,
        mail.id,
        now,
    )
