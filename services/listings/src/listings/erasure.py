"""Forgetting a person or an organisation in every noun of this service, in one transaction.

What remains is a line of the erasure list: an id and keyed hashes, by which neither an import nor
a restored backup brings them back.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import erasure as contacts
from listings.erased import storage as erasure_list
from listings.erased.entry import Entry, Noun
from listings.erased.traces import (
    Name,
    Tracer,
    address_named,
    member_named,
    organisation_named,
)
from listings.leaving import note_departure
from listings.listing import erasure as listing
from listings.listing.occasion import Occasion
from listings.listing.restating import anonymous_listings, restate_changed
from listings.members import commands as members
from listings.members.queries import member_of, members_of_organisation
from listings.organisations import commands as organisations
from listings.organisations.storage import hold_members, hold_wishes_of


async def erase_member(
    connection: Connection, member_id: UUID, *, tracer: Tracer, now: datetime, cause: Cause
) -> None:
    """Forget a person; what their organisation posted stays, and pauses where nobody is left."""
    await hold_wishes_of(connection, member_id)
    acted_for = (await member_of(connection, member_id)).organisation_ids
    await organisations.hold_to_change(connection, acted_for)
    await contacts.forget_words_of(connection, member_id)
    member = await members.locked(connection, member_id)
    names = [address_named(member.email)]
    if member.external_id:
        names.append(member_named(member.external_id))
    await _list(connection, "member", member_id, names, tracer=tracer, at=now)
    await members.erase_member(connection, member_id, now=now, cause=cause)
    # After what was stored is blanked, so that this is still said.
    await contacts.end_waiting_of(connection, member_id, now=now, cause=cause)
    await note_departure(connection, member.organisation_ids, now=now, cause=cause)


async def erase_organisation(
    connection: Connection, organisation_id: UUID, *, tracer: Tracer, now: datetime, cause: Cause
) -> None:
    """Forget an organisation with its listings and contacts; its people stay members.

    Whoever writes for it ends before or finds it gone. What was stored is blanked first, so that
    nothing said from here on is lost.
    """
    organisation = await organisations.hold_to_remove(connection, organisation_id)
    await contacts.hold_contacts_of(connection, organisation.id)
    await hold_members(connection, organisation.id)
    await listing.hold_listings_of(connection, organisation.id)
    names = [organisation_named(organisation.external_id)] if organisation.external_id else []
    await _list(connection, "organisation", organisation.id, names, tracer=tracer, at=now)
    await organisations.blank_what_was_said(connection, organisation.id)
    await listing.forget_listings_of(connection, organisation.id, now=now, cause=cause)
    await contacts.forget_contacts_of(connection, organisation.id, now=now, cause=cause)
    for member in await members_of_organisation(connection, organisation.id):
        await members.leave_organisation(
            connection, member.id, organisation.id, now=now, cause=cause
        )
    await organisations.remove_organisation(connection, organisation, now=now, cause=cause)


async def erase_from_directory(
    connection: Connection,
    organisation_id: UUID,
    *,
    tracer: Tracer,
    public_url: str,
    now: datetime,
    cause: Cause,
) -> None:
    """Forget an organisation, and say again which others hide behind fewer without it."""
    await organisations.hold_to_remove(connection, organisation_id)
    await contacts.hold_contacts_of(connection, organisation_id)
    await hold_members(connection, organisation_id)
    hidden = await anonymous_listings(connection, public_url=public_url)
    await erase_organisation(connection, organisation_id, tracer=tracer, now=now, cause=cause)
    of_others = [each for each in hidden if each.listing.organisation_id != organisation_id]
    occasion = Occasion(now=now, cause=cause, public_url=public_url)
    await restate_changed(connection, of_others, occasion)


async def reapply(
    connection: Connection,
    entries: Iterable[Entry],
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> int:
    """Erase again whoever is on the list and came back; how many those were."""
    for entry in entries:
        await erasure_list.add(connection, entry)
    return await _erase_those_back(connection, tracer=tracer, now=now, cause=cause)


async def erase_again(
    connection: Connection,
    organisation_ids: Iterable[UUID],
    member_ids: Iterable[UUID],
    *,
    tracer: Tracer,
    now: datetime,
    cause: Cause,
) -> int:
    """Erase whoever of these came back, though no list names them; how many those were."""
    nouns: tuple[tuple[Noun, Iterable[UUID]], ...] = (
        ("organisation", organisation_ids),
        ("member", member_ids),
    )
    for noun, ids in nouns:
        for erased_id in ids:
            entry = Entry(noun=noun, id=erased_id, erased_at=now, traces=())
            await erasure_list.add(connection, entry)
    return await _erase_those_back(connection, tracer=tracer, now=now, cause=cause)


async def _erase_those_back(
    connection: Connection, *, tracer: Tracer, now: datetime, cause: Cause
) -> int:
    await erasure_list.hold_those_back(connection)
    organisations_back = await erasure_list.come_back(connection, "organisation")
    for organisation_id in organisations_back:
        await erase_organisation(connection, organisation_id, tracer=tracer, now=now, cause=cause)
    members_back = await erasure_list.come_back(connection, "member")
    for member_id in members_back:
        await erase_member(connection, member_id, tracer=tracer, now=now, cause=cause)
    return len(organisations_back) + len(members_back)


async def _list(
    connection: Connection,
    noun: Noun,
    erased_id: UUID,
    names: Iterable[Name],
    *,
    tracer: Tracer,
    at: datetime,
) -> None:
    traces = tuple(tracer.trace(name) for name in names)
    entry = Entry(noun=noun, id=erased_id, erased_at=at, traces=traces)
    await erasure_list.add(connection, entry)
