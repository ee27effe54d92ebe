"""What senders that died left behind: unoffered mails wait again, handed-over ones are settled.

Whether a handed-over mail was taken is asked by Message-ID where an address to ask at is
configured; otherwise the mail is held for an operator.
"""

from enum import Enum
from urllib.parse import quote

import httpx
import structlog

from chassis.database import Pool
from chassis.sweeps import Clock
from notifications import queue
from notifications.mail import SENT_AGAIN, Doubt, Mail, MailState, message_id
from notifications.settings import NotificationsSettings
from notifications.settling import record_sent

log = structlog.get_logger(__name__)

ASK_SECONDS = 10


class Taken(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reconciling:
    """Looks after abandoned mails, again and again."""

    def __init__(self, *, pool: Pool, clock: Clock, settings: NotificationsSettings) -> None:
        self._pool = pool
        self._clock = clock
        self._url = settings.reconcile_url
        self._limit_seconds = settings.handover_limit_seconds
        self._domain = settings.sender_address.rpartition("@")[2]

    async def turn(self) -> bool:
        now = self._clock()
        async with self._pool.transaction() as connection:
            await queue.release_abandoned(connection, now=now)
            mails = await queue.abandoned_handovers(
                connection, now=now, limit_seconds=self._limit_seconds
            )
        for mail in mails:
            await self._settle(mail)
        return False

    async def _settle(self, mail: Mail) -> None:
        if self._url is None:
            await self._hold(mail)
            return
        match await _ask(self._url, message_id(mail.id, self._domain)):
            case Taken.YES:
                async with self._pool.transaction() as connection:
                    await record_sent(connection, mail, now=self._clock())
            case Taken.NO:
                async with self._pool.transaction() as connection:
                    await queue.defer(connection, mail, until=self._clock(), diagnostic=SENT_AGAIN)
            case Taken.UNKNOWN:
                log.warning("mail_not_reconciled", mail_id=str(mail.id))

    async def _hold(self, mail: Mail) -> None:
        log.error("mail_held", mail_id=str(mail.id), remedy="look at /notifications/mails")
        async with self._pool.transaction() as connection:
            await queue.settle(
                connection,
                mail,
                MailState.HELD,
                diagnostic=Doubt.HANDED_OVER,
                now=self._clock(),
            )


async def _ask(url: str, identifier: str) -> Taken:
    address = url.replace("{message_id}", quote(identifier.strip("<>"), safe=""))
    try:
        async with httpx.AsyncClient(timeout=ASK_SECONDS) as client:
            status = (await client.get(address)).status_code
    except httpx.HTTPError:
        return Taken.UNKNOWN
    return {200: Taken.YES, 404: Taken.NO}.get(status, Taken.UNKNOWN)
