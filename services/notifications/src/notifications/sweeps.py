"""What falls due with time: recipients looked for again, stale mails expired, old texts gone."""

from datetime import datetime, timedelta

from chassis.cause import Cause
from chassis.database import Connection
from chassis.sweeps import Reach, Sweeps
from notifications import commands
from notifications.mail import Unsent

KEPT_FOR = timedelta(days=90)

sweeps = Sweeps()


@sweeps.due()
async def address_waiting_notices(connection: Connection, now: datetime, _cause: Cause) -> None:
    await commands.address_waiting(connection, now=now)


@sweeps.due()
async def expire_mails(connection: Connection, now: datetime, _cause: Cause) -> None:
    """What outlived its use, or whose notice was blanked; the sender passes over both already."""
    await connection.execute(
        "update mail set state = 'expired', settled_at = $1,"
        " diagnostic = case when expires_at > $1 then $2 else diagnostic end"
        " where state = 'pending' and (expires_at <= $1 or exists ("
        "   select from notice where notice.id = mail.notice_id and notice.event is null))",
        now,
        Unsent.NOTHING_LEFT,
    )


async def _texts_due(connection: Connection, now: datetime) -> Reach:
    [row] = await connection.fetch(
        "select count(*) filter (where created_at < $1) as due, count(*) as live"
        " from notice where event is not null",
        now - KEPT_FOR,
    )
    return Reach(due=row["due"], live=row["live"])


async def _endings_due(connection: Connection, now: datetime) -> Reach:
    [row] = await connection.fetch(
        "select count(*) filter (where since < $1) as due, count(*) as live from ending",
        now - KEPT_FOR,
    )
    return Reach(due=row["due"], live=row["live"])


@sweeps.due(reach=_endings_due)
async def forget_old_endings(connection: Connection, now: datetime, _cause: Cause) -> None:
    """By then no mail could be of use any more that an ending makes pointless."""
    await connection.execute("delete from ending where since < $1", now - KEPT_FOR)


@sweeps.due(reach=_texts_due)
async def blank_old_texts(connection: Connection, now: datetime, _cause: Cause) -> None:
    """After 90 days it is still known that a mail went out, not what it said nor where to."""
    await connection.execute(
        "with old as (update notice set event = null"
        "   where event is not null and created_at < $1 returning id)"
        " update mail set address = null, subject = null, text = null, html = null,"
        "   diagnostic = null, state = case when state in ('pending', 'claimed', 'sending',"
        "   'held') then 'expired' else state end"
        " where notice_id in (select id from old)",
        now - KEPT_FOR,
    )
