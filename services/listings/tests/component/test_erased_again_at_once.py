"""Whoever a backup brought back is erased again beside what people do meanwhile: both are done."""

from contextlib import suppress
from datetime import timedelta

import pytest
from listing_builders import a_listing, asking
from listings_scene import NOW, TRACER, AMember, AnOrganisation
from lock_racing import AtOnce

from chassis.cause import Cause
from chassis.database import Connection
from listings import erasure
from listings.contacts.commands import ListingNotReachable
from listings.erased import storage as erasure_list
from listings.erased.entry import Entry, Noun
from listings.members.member import Member
from listings.organisations.organisation import Organisation, UnknownOrganisation


@pytest.mark.parametrize("asked_first", [True, False])
async def test_two_organisations_of_which_one_writes_to_the_other(
    *,
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
    at_once: AtOnce,
    asked_first: bool,
) -> None:
    owner, asker = await two(an_organisation)
    listing = await a_listing(connection, owner, "Dosierpumpen")
    anna = await a_member("Anna Asker", of=asker)
    for each in (owner, asker):
        await listed(connection, "organisation", each)

    async def asks(own: Connection) -> None:
        with suppress(ListingNotReachable, UnknownOrganisation):
            await asking(own, listing, anna)

    if asked_first:
        held = "select from organisation where id = $1 for update"
        await at_once(asks, erases_again, held=held, row=asker.id)
    else:
        held = "select from listing where id = $1 for update"
        await at_once(erases_again, asks, held=held, row=listing.id)

    assert await connection.fetchval("select count(*) from organisation") == 0
    assert await connection.fetchval("select count(*) from contact where message <> ''") == 0


async def test_two_people_of_whom_one_organisation_writes_to_the_others(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember, at_once: AtOnce
) -> None:
    owner, asker = await two(an_organisation)
    listing = await a_listing(connection, owner, "Dosierpumpen")
    olaf, anna = await a_member("Olaf Owner", of=owner), await a_member("Anna Asker", of=asker)
    for each in sorted((olaf, anna), key=lambda member: member.id):
        await listed(connection, "member", each)

    async def asks(own: Connection) -> None:
        with suppress(ListingNotReachable):
            await asking(own, listing, anna)

    held = "select from listing where id = $1 for update"
    await at_once(erases_again, asks, held=held, row=listing.id)

    assert await connection.fetchval("select count(*) from member") == 0


async def two(an_organisation: AnOrganisation) -> tuple[Organisation, Organisation]:
    """The earlier one is erased first."""
    both = [await an_organisation(each, trusted=True) for each in ("Eins GmbH", "Zwei GmbH")]
    earlier, later = sorted(both, key=lambda organisation: organisation.id)
    return earlier, later


async def listed(connection: Connection, noun: Noun, erased: Organisation | Member) -> None:
    """On the list, and there all the same."""
    entry = Entry(noun=noun, id=erased.id, erased_at=NOW - timedelta(days=1), traces=())
    await erasure_list.add(connection, entry)


async def erases_again(own: Connection) -> None:
    assert await erasure.reapply(own, (), tracer=TRACER, now=NOW, cause=Cause.new()) == 2
