"""SQL of digests and their items; one function a statement.

Items are added as long as nobody has the digest in hand; its row is locked for each of them.
"""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from notifications.mail import Notice, Recipient, domain_of
from notifications.storage import NOTICE_COLUMNS, notice_in

_SURVIVING = """
    select i.notice_id from mail_item i join notice n on n.id = i.notice_id
    where i.mail_id = mail.id and mail.member_id <> $1 and n.event is not null
        and not n.subjects @> array[$1]::uuid[]
    order by i.place limit 1
"""


async def may_wait(connection: Connection, notice: Notice, *, until: datetime) -> bool:
    """Not what is too old by then, nor what may have gone out before a restore."""
    if notice.expires_at <= until:
        return False
    forgotten = await connection.fetchval(
        "select exists (select from restoration where restored_at >= $1)", notice.event.occurred_at
    )
    return not forgotten


async def wrote_since(
    connection: Connection, template: str, member_id: UUID, *, since: datetime
) -> bool:
    """Whether a mail of this kind to them came about: what follows soon can wait for the next."""
    found = await connection.fetchval(
        "select exists (select from mail"
        " where created_at > $3 and member_id = $2 and template = $1 and state <> 'expired')",
        template,
        member_id,
        since,
    )
    return bool(found)


async def is_told(connection: Connection, item_id: UUID) -> bool:
    """Whether it is in a digest already, or in a mail of its own."""
    found = await connection.fetchval(
        "select exists (select from mail_item where id = $1)"
        " or exists (select from mail where id = $1)",
        item_id,
    )
    return bool(found)


async def open_digest(
    connection: Connection,
    digest_id: UUID,
    notice: Notice,
    recipient: Recipient,
    *,
    due_at: datetime,
    now: datetime,
) -> bool:
    """Begin or reopen a digest for one more notice; False where it is on its way already.

    One that expired had nothing left to tell, and was not sent.
    """
    row = await connection.fetchrow(
        "insert into mail (id, notice_id, member_id, template, purpose, domain, state, revision,"
        " created_at, expires_at, due_at, collected_until, subjects)"
        " values ($1, $2, $3, $4, $5, $6, 'pending', extract(epoch from $7::timestamptz) * 1000,"
        " $7, $8, $9, $9, $10)"
        " on conflict (id) do update set state = 'pending', settled_at = null, diagnostic = null,"
        "  notice_id = case mail.state when 'expired' then excluded.notice_id"
        "    else mail.notice_id end,"
        "  expires_at = greatest(mail.expires_at, excluded.expires_at),"
        "  subjects = array(select distinct unnest(mail.subjects || excluded.subjects))"
        " where mail.state in ('pending', 'expired') returning id",
        digest_id,
        notice.id,
        recipient.member_id,
        notice.letter.template,
        notice.letter.purpose,
        domain_of(recipient.email),
        now,
        notice.expires_at,
        due_at,
        list({recipient.member_id, *notice.event.subjects()}),
    )
    return row is not None


async def add_item(
    connection: Connection, digest_id: UUID, item_id: UUID, *, notice_id: UUID
) -> None:
    await connection.execute(
        "insert into mail_item (id, mail_id, notice_id) values ($1, $2, $3)"
        " on conflict (id) do nothing",
        item_id,
        digest_id,
        notice_id,
    )


async def items_of(connection: Connection, digest_id: UUID) -> tuple[Notice, ...]:
    """What is still worth telling, in the order in which it came."""
    rows = await connection.fetch(
        f"select {NOTICE_COLUMNS} from mail_item join notice on notice.id = mail_item.notice_id"
        " where mail_item.mail_id = $1 and notice.event is not null"
        " and not exists (select from ending where ending.id = any(notice.ends_with))"
        " order by mail_item.place",
        digest_id,
    )
    return tuple(map(notice_in, rows))


async def leave_out(connection: Connection, subject: UUID) -> None:
    """Digests that wait go on without what they would have said about somebody erased."""
    await connection.execute(
        "update mail set address = null, subject = null, text = null, html = null,"
        f" notice_id = ({_SURVIVING}), claim = null,"
        " diagnostic = case state when 'held' then diagnostic end,"
        " state = case state when 'claimed' then 'pending' else state end,"
        " subjects = array_remove(subjects, $1)"
        " where subjects @> array[$1]::uuid[] and state in ('pending', 'claimed', 'held')"
        f" and exists ({_SURVIVING})",
        subject,
    )
