"""What ``doctor`` finds in the queue of mails; a held mail waits for a person, not for time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.database import Connection
from chassis.finding import Finding
from notifications import queries

LATE_AFTER = timedelta(hours=1)


async def mail_findings(connection: Connection, _settings: Any) -> Sequence[Finding]:
    now: datetime = await connection.fetchval("select clock_timestamp()")
    queue = await queries.queue_age(connection, now=now)
    found = []
    if queue.held:
        found.append(
            Finding(
                check="mails_held",
                wrong=f"{queue.held} mails are held: nobody knows whether they arrived.",
                remedy="Decide which to send and which to drop at /notifications/mails/held",
            )
        )
    if queue.oldest is not None and now - queue.oldest > LATE_AFTER:
        minutes = (now - queue.oldest).total_seconds() / 60
        found.append(
            Finding(
                check="mails_late",
                wrong=f"{queue.waiting} mails wait, the oldest for {minutes:.0f} minutes.",
                remedy="What the mail server says, stands at /notifications/mails?state=pending",
            )
        )
    return found
