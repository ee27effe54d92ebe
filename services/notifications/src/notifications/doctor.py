"""What ``doctor`` finds in the queue of mails and at the door of the mail server.

A held mail waits for a person, not for time.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiosmtplib import SMTPAuthenticationError, SMTPException

from chassis.database import Connection
from chassis.finding import Finding
from notifications import queries
from notifications.mail_server import MailServer
from notifications.settings import NotificationsSettings

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


async def mail_server_findings(
    connection: Connection, settings: NotificationsSettings
) -> Sequence[Finding]:
    """A server that is only away is told while mails wait for it: none may be wanted yet."""
    try:
        await MailServer(settings).knock()
    except SMTPAuthenticationError as refused:
        return [_sign_in_refused(settings, refused)]
    except OSError as error:
        waiting = (await queries.queue_age(connection, now=datetime.now(UTC))).waiting
        return [_server_away(settings, error, waiting)] if waiting else []
    except SMTPException as error:
        return [_spoken_to_wrongly(settings, error)]
    return []


def _sign_in_refused(settings: NotificationsSettings, refused: SMTPAuthenticationError) -> Finding:
    # Its own words could repeat what was sent.
    return Finding(
        check="mail_sign_in",
        wrong=f"The mail server {_address(settings)} refuses NOTIFICATIONS_SMTP_USERNAME="
        f"{settings.smtp_username} with NOTIFICATIONS_SMTP_PASSWORD ({refused.code}).",
        remedy="Set the name, write the password into the file notifications_smtp_password, and"
        " start notifications anew.",
    )


def _server_away(settings: NotificationsSettings, error: OSError, waiting: int) -> Finding:
    return Finding(
        check="mail_server",
        wrong=f"{waiting} mails wait, and the mail server {_address(settings)} cannot be reached:"
        f" {type(error).__name__}.",
        remedy="Is it up, and are NOTIFICATIONS_SMTP_HOST, _PORT and _SECURITY right?",
    )


def _spoken_to_wrongly(settings: NotificationsSettings, error: SMTPException) -> Finding:
    return Finding(
        check="mail_server_settings",
        wrong=f"The mail server {_address(settings)} does not understand"
        f" NOTIFICATIONS_SMTP_SECURITY={settings.smtp_security} or a sign-in:"
        f" {str(error).rstrip('.')}.",
        remedy="Set what its owner says: security, port, and a user name only where it wants one.",
    )


def _address(settings: NotificationsSettings) -> str:
    return f"{settings.smtp_host}:{settings.smtp_port}"
