"""SQL for what members want to receive, and the log of their consent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.database import Connection
from schemas.vocabulary import Frequency, MailPurpose

CONSENT_TEXT = "2026-11-29"
"""The version of the words on the unsubscribe page; raise it when they change."""


async def frequency_of(connection: Connection, member_id: UUID, purpose: MailPurpose) -> Frequency:
    found: Any = await connection.fetchval(
        "select frequency from preference where member_id = $1 and purpose = $2",
        member_id,
        purpose,
    )
    return Frequency(found or Frequency.INSTANT)


async def next_subscription_revision(
    connection: Connection, member_id: UUID, *, now: datetime
) -> int:
    """Locks the member's choices until the transaction ends."""
    revision: int = await connection.fetchval(
        "insert into subscription (member_id, revision) values ($1, $2)"
        " on conflict (member_id) do update"
        " set revision = greatest(subscription.revision + 1, excluded.revision)"
        " returning revision",
        member_id,
        int(now.timestamp() * 1000),
    )
    return revision


async def save_preference(
    connection: Connection,
    member_id: UUID,
    purpose: MailPurpose,
    frequency: Frequency,
    *,
    now: datetime,
) -> None:
    await connection.execute(
        "insert into preference (member_id, purpose, frequency, changed_at)"
        " values ($1, $2, $3, $4) on conflict (member_id, purpose) do update"
        " set frequency = excluded.frequency, changed_at = excluded.changed_at",
        member_id,
        purpose,
        frequency,
        now,
    )


async def log_consent(
    connection: Connection,
    member_id: UUID,
    purpose: MailPurpose,
    frequency: Frequency,
    *,
    given_by: str,
    now: datetime,
) -> None:
    await connection.execute(
        "insert into consent (member_id, purpose, frequency, text_version, given_by, at)"
        " values ($1, $2, $3, $4, $5, $6)",
        member_id,
        purpose,
        frequency,
        CONSENT_TEXT,
        given_by,
        now,
    )
