"""A member's other address: theirs once they confirm it as who they are, or an operator says so."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.erased.traces import Tracer, address_named
from listings.members import (
    address_storage,
    commands,
    events,
    nonce_storage,
    reachability,
    storage,
)
from listings.members.address_change import AddressChange
from listings.members.member import Member
from listings.members.sign_in import UnusableNonce, keep_nonce, send_link
from listings.members.tokens import revoke_all_tokens
from listings.outbox import outbox


async def ask_to_move(
    connection: Connection, member: Member, email: str, *, now: datetime, cause: Cause
) -> None:
    """Keep the wish, and ask for a mail to the address unless it is somebody's already.

    Whoever asks sees the same either way, so that nobody learns who is a member; a nonce is kept
    in any case, and what they see waits as long as it does.
    """
    wish = AddressChange(
        id=uuid7(), member_id=member.id, email=email, language=member.language, asked_at=now
    )
    # This one first, which holds the member: as where access ends, links come after that.
    await address_storage.insert_change(connection, wish)
    await address_storage.drop_changes_to_others(connection, member.id, email)
    if await storage.member_by_email(connection, email) is None:
        await send_link(connection, wish, next_path=None, now=now, cause=cause)
    else:
        await keep_nonce(connection, wish.id, next_path=None, now=now)


async def move(
    connection: Connection,
    wish: AddressChange,
    nonce: UUID,
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
    browser: bytes | None = None,
) -> None:
    """The address is the member's; whatever the former one could still open opens nothing.

    Whoever reads mail at the former one is told: it may be news to the member themselves.

    Raises:
        AddressTaken: it became somebody's meanwhile.
        UnusableNonce: it was used before, or has expired.

    """
    # The nonce after the member, as where access ends: two who wait for each other wait for ever.
    former = await commands.change_address(
        connection, wish.member_id, wish.email, now=now, cause=cause
    )
    if not await address_storage.spend_nonce(
        connection, wish.id, nonce=nonce, browser=browser, now=now
    ):
        raise UnusableNonce
    await nonce_storage.delete_nonces_of(connection, wish.member_id, but=nonce)
    await reachability.mark_reached(connection, wish.member_id)
    await _left(connection, {wish.id: former}, tracer=tracer, now=now, cause=cause)


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
    former = await commands.change_address(connection, member_id, email, now=now, cause=cause)
    await commands.end_access(connection, member_id, now=now, cause=cause)
    await reachability.mark_reached(connection, member_id)
    await _left(connection, {uuid7(): former}, tracer=tracer, now=now, cause=cause)


async def note_moved(
    connection: Connection,
    former: Sequence[Member],
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> None:
    """Of members as they were before a file gave them another address: that may be a successor's.

    So links that are on their way and API tokens end, as where an operator moves a member.
    """
    ids = [each.id for each in former]
    await nonce_storage.delete_nonces_of(connection, *ids)
    await revoke_all_tokens(connection, *ids)
    await _left(connection, {uuid7(): each for each in former}, tracer=tracer, now=now, cause=cause)


async def _left(
    connection: Connection,
    former: Mapping[UUID, Member],
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> None:
    """By the ids of the changes, the members as they were before."""
    traces = {each.id: tracer.trace(address_named(each.email)) for each in former.values()}
    await address_storage.insert_former_addresses(connection, traces, at=now)
    said = [events.address_changed(each, change_id=id_, at=now) for id_, each in former.items()]
    await outbox.append_many(connection, said, cause=cause)
