"""How long what only signs people in is kept."""

from datetime import datetime, timedelta

from chassis.database import Connection
from chassis.web.idempotency import prune_answers
from chassis.web.rate_limit import prune_windows
from listings.members.address_storage import forget_changes
from listings.members.nonce_storage import forget_old_nonces
from listings.members.registration_storage import forget_unverified

UNVERIFIED_KEPT = timedelta(days=2)
CHANGES_KEPT = timedelta(days=2)
NONCES_KEPT = timedelta(days=1)
WINDOWS_KEPT = timedelta(days=1)
ANSWERS_KEPT = timedelta(days=2)


async def forget_what_expired(connection: Connection, now: datetime) -> None:
    """Delete old nonces, unverified registrations and addresses, counted attempts, answers."""
    await forget_old_nonces(connection, before=now - NONCES_KEPT)
    await forget_unverified(connection, before=now - UNVERIFIED_KEPT)
    await forget_changes(connection, before=now - CHANGES_KEPT)
    await prune_windows(connection, before=now - WINDOWS_KEPT)
    await prune_answers(connection, before=now - ANSWERS_KEPT)
