"""How a mail's way ends, always together with the event that says so."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from notifications import endings, events, preferences, queue
from notifications.events import outbox
from notifications.mail import Mail, MailState, Notice, Recipient, Unsent
from notifications.mail_server import OfferFailed
from notifications.refusal import Refused
from schemas.member import AddressChanged, SignInRequested
from schemas.vocabulary import Frequency


async def record_sent(connection: Connection, mail: Mail, *, now: datetime) -> None:
    revision = await queue.settle(connection, mail, MailState.SENT, now=now)
    if revision is not None:
        event = events.mail_sent(mail, revision=revision, now=now)
        await outbox.append(connection, event, cause=mail.notice.cause)


async def obstacle(
    connection: Connection,
    mail: Mail,
    recipient: Recipient | None,
    *,
    left: Sequence[Notice],
    tells: Sequence[Notice],
) -> Unsent | None:
    """Why a mail must not go out; of what is ``left`` to tell, it ``tells`` what concerns them."""
    if recipient is None:
        return Unsent.RECIPIENT_GONE
    if left and not tells:
        return Unsent.NOT_CONCERNED
    if await queue.suppression_of(connection, recipient.email):
        return Unsent.ADDRESS_SUPPRESSED
    frequency = await preferences.frequency_of(connection, mail.member_id, mail.letter.purpose)
    if frequency is Frequency.NEVER:
        return Unsent.NOT_WANTED
    if mail.is_digest:
        return None if left else Unsent.NOTHING_LEFT
    return await endings.ending_of(connection, mail.notice)


async def record_failed(
    connection: Connection,
    mail: Mail,
    refusal: Refused | OfferFailed,
    *,
    address: str,
    now: datetime,
) -> None:
    """A dead address (``Refused``) is never written to again; the event does not name it."""
    hard, diagnostic = refusal.concerns_address, str(refusal)
    revision = await queue.settle(
        connection, mail, MailState.FAILED, diagnostic=diagnostic, now=now
    )
    if revision is None:
        return
    if hard:
        await queue.suppress(
            connection, mail, address, of=_whose(mail), diagnostic=diagnostic, now=now
        )
    unnamed = re.sub(re.escape(address), "…", diagnostic, flags=re.IGNORECASE)
    event = events.mail_bounced(mail, hard=hard, diagnostic=unnamed, revision=revision, now=now)
    await outbox.append(connection, event, cause=mail.notice.cause)


def _whose(mail: Mail) -> UUID:
    """The member with whom an address is forgotten, also where the mail goes by another id."""
    event = mail.notice.event
    if isinstance(event, AddressChanged):
        return event.member_id
    if isinstance(event, SignInRequested):
        return event.changes_address_of or event.member_id
    return mail.member_id
