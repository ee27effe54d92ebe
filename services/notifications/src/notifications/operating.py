"""What operators do with mails: look at one, release or discard it, lift a suppression.

Every action is recorded with who did it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from chassis.database import Connection, Row
from chassis.operator_actions import note_action
from notifications import addressing, digest_storage, linking, storage
from notifications.composing import Composer, Message
from notifications.letters import BY_TEMPLATE
from notifications.mail import MailState
from notifications.settings import NotificationsSettings
from schemas.member import MemberState

log = structlog.get_logger(__name__)

RELEASABLE = (MailState.HELD, MailState.FAILED)
NOT_TAKEN = (MailState.PENDING, MailState.CLAIMED, MailState.EXPIRED)
"""What the server was offered of these, it refused; the next time it may be another text."""


class Decision(StrEnum):
    """What becomes of a mail about which an operator decides."""

    RELEASE = "release"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A mail as an operator sees it; without anything that opens something."""

    address: str
    message: Message
    is_preview: bool


async def shown(
    connection: Connection, row: Row, *, composer: Composer, settings: NotificationsSettings
) -> Shown | None:
    """What was handed over, or what would be now; None once it is blanked, or without a text."""
    if row["html"] is not None and row["state"] not in NOT_TAKEN:
        message = Message(subject=row["subject"], text=row["text"], html=row["html"])
        return Shown(address=row["address"], message=message, is_preview=False)
    if row["event"] is None or row["template"] not in BY_TEMPLATE:
        return None
    notice = storage.notice_in(row)
    recipient = await addressing.recipient(connection, notice, row["to_member_id"])
    if recipient is None:
        return None
    left = await digest_storage.items_of(connection, row["id"]) or (notice,)
    tells = await addressing.addressed_to(connection, recipient.member_id, left) or left
    counterpart = await addressing.counterpart_of(connection, notice)
    try:
        links = linking.links_of(
            tells,
            recipient.member_id,
            origin=settings.public_url,
            token=linking.masked,
            now=row["created_at"],
        )
        message = composer.compose(tells, recipient, links, counterpart=counterpart)
    except Exception as error:
        log.error("mail_not_composed", mail_id=str(row["id"]), error=type(error).__name__)
        return None
    return Shown(address=recipient.email, message=message, is_preview=True)


def can_release(row: Row, *, now: datetime) -> bool:
    is_kept: Any = row["event"] is not None
    return bool(is_kept and row["state"] in RELEASABLE and row["expires_at"] > now)


async def release(
    connection: Connection, mail_id: UUID, operator: MemberState, *, now: datetime
) -> bool:
    """Queue a held or failed mail again while it is of use; whether that was possible."""
    await storage.keep_erasures_out(connection)
    row = await connection.fetchrow(
        "update mail set state = 'pending', due_at = $2, claim = null, claimed_at = null,"
        " first_tried_at = null, attempts = 0, settled_at = null, sending_at = null"
        " where id = $1 and state = any($3::text[]) and expires_at > $2"
        " and exists (select from notice where notice.id = notice_id and event is not null)"
        " returning id",
        mail_id,
        now,
        list(RELEASABLE),
    )
    if row is not None:
        await _record(connection, operator, _named(Decision.RELEASE, mail_id), "queued")
    return row is not None


async def discard(
    connection: Connection, mail_id: UUID, operator: MemberState, *, now: datetime
) -> bool:
    row = await connection.fetchrow(
        "update mail set state = 'suppressed', settled_at = $2, claim = null"
        " where id = $1 and state = 'held' returning id",
        mail_id,
        now,
    )
    if row is not None:
        await _record(connection, operator, _named(Decision.DISCARD, mail_id), "suppressed")
    return row is not None


async def decided_so(
    connection: Connection, decision: Decision, mail_id: UUID, operator: MemberState
) -> bool:
    """Whether this operator decided last about a mail, and so: a second click says nothing new."""
    decided: bool | None = await connection.fetchval(
        "select (operator, command) = ($1, $2) from operator_action"
        " where command = any($3::text[]) order by id desc limit 1",
        str(operator.member_id),
        _named(decision, mail_id),
        [_named(each, mail_id) for each in Decision],
    )
    return decided is True


def _named(decision: Decision, mail_id: UUID) -> str:
    return f"{decision} mail {mail_id}"


async def lift_suppression(connection: Connection, mail_id: UUID, operator: MemberState) -> None:
    """Suppressions are named by the mail that led to them: addresses stay out of the log."""
    await connection.execute("delete from suppression where mail_id = $1", mail_id)
    await _record(connection, operator, f"lift suppression of mail {mail_id}", "lifted")


async def _record(connection: Connection, operator: MemberState, command: str, result: str) -> None:
    await note_action(connection, operator=str(operator.member_id), command=command, result=result)
