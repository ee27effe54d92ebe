"""A member's other address: asked for, theirs once they confirm it as who they are."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.erased.traces import Tracer, address_named
from listings.members import address_storage, commands, events, reachability, storage
from listings.members.address_change import AddressChange
from listings.members.member import Member
from listings.members.queries import member_of
from listings.members.sign_in import UnusableNonce, send_link
from listings.outbox import outbox


async def ask_to_move(
    connection: Connection, member: Member, email: str, *, now: datetime, cause: Cause
) -> None:
    """Keep the wish, and ask for a mail to the address unless it is somebody's already.

    Whoever asks sees the same either way, so that nobody learns who is a member.
    """
    wish = AddressChange(
        id=uuid7(), member_id=member.id, email=email, language=member.language, asked_at=now
    )
    await address_storage.drop_changes_to_others(connection, member.id, email)
    await address_storage.insert_change(connection, wish)
    if await storage.member_by_email(connection, email) is None:
        await send_link(connection, wish, next_path=None, now=now, cause=cause)


async def move(
    connection: Connection,
    wish: AddressChange,
    nonce: UUID,
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> None:
    """The address is the member's; whatever the former one could still open opens nothing.

    Whoever reads mail at the former one is told: it may be news to the member themselves.

    Raises:
        AddressTaken: it became somebody's meanwhile.
        UnusableNonce: it was used before, or has expired.

    """
    former = await member_of(connection, wish.member_id)
    # The nonce after the member, as where access ends: two who wait for each other wait for ever.
    await commands.change_address(connection, wish.member_id, wish.email, now=now, cause=cause)
    if not await address_storage.spend_nonce(connection, wish.id, nonce=nonce, now=now):
        raise UnusableNonce
    await storage.delete_nonces_of(connection, wish.member_id)
    await _left(connection, former, change_id=wish.id, tracer=tracer, now=now, cause=cause)


async def move_for(
    connection: Connection,
    member_id: UUID,
    email: str,
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> None:
    """Give a member an address that an operator vouches for; whoever is signed in is so no more.

    Raises:
        AddressTaken: it is somebody else's.

    """
    former = await member_of(connection, member_id)
    await commands.change_address(connection, member_id, email, now=now, cause=cause)
    await commands.end_access(connection, member_id, now=now, cause=cause)
    await _left(connection, former, change_id=uuid7(), tracer=tracer, now=now, cause=cause)


async def _left(
    connection: Connection,
    former: Member,
    *,
    change_id: UUID,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> None:
    await reachability.mark_reached(connection, former.id)
    left = tracer.trace(address_named(former.email))
    await address_storage.insert_former_address(connection, former.id, left, at=now)
    event = events.address_changed(former, change_id=change_id, at=now)
    await outbox.append(connection, event, cause=cause)
