"""A link that one browser uses twice: two clicks send a form twice, and only one answer is kept.

So the browser gets what the first use gave once more, within a minute; nothing changes by it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from listings.members import nonce_storage, storage
from listings.members.address_change import AddressChange
from listings.members.member import Member

WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstUse:
    member: Member
    next_path: str | None
    at: datetime


async def first_sign_in(
    connection: Connection, nonce: UUID, *, person_id: UUID, browser: bytes | None, now: datetime
) -> FirstUse | None:
    """Of a member, or of who became one by it."""
    verified_by = await nonce_storage.verified_by(connection, person_id)
    return await _first_use(
        connection, nonce, person_id, member_id=verified_by or person_id, browser=browser, now=now
    )


async def first_move(
    connection: Connection,
    nonce: UUID,
    wish: AddressChange,
    *,
    browser: bytes | None,
    now: datetime,
) -> FirstUse | None:
    return await _first_use(
        connection, nonce, wish.id, member_id=wish.member_id, browser=browser, now=now
    )


async def _first_use(
    connection: Connection,
    nonce: UUID,
    person_id: UUID,
    *,
    member_id: UUID,
    browser: bytes | None,
    now: datetime,
) -> FirstUse | None:
    # The member before the nonce: where access ended meanwhile, its nonces are gone by then.
    member = await storage.member_for_update(connection, member_id)
    use = await nonce_storage.use_of(
        connection, nonce, person_id=person_id, browser=browser, since=now - WITHIN
    )
    if member is None or use is None:
        return None
    return FirstUse(member=member, next_path=use["next_path"], at=use["used_at"])
