"""Erasing a member reaches what they wrote into contacts, in rows and in the outbox."""

from listing_builders import a_listing
from listings_scene import AMember, AnOrganisation, Clock

from chassis.cause import Cause
from chassis.database import Connection
from listings.__main__ import erase
from listings.contacts.commands import request_contact


async def test_the_message_of_an_erased_member_is_nowhere_left(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember, clock: Clock
) -> None:
    owner = await an_organisation("Warnow Pumpen GmbH", trusted=True)
    asking = await an_organisation("Labor Ost GmbH")
    member = await a_member(of=asking)
    listing = await a_listing(connection, owner)
    await request_contact(
        connection,
        listing_id=listing.id,
        organisation_id=asking.id,
        member_id=member.id,
        message="Wir suchen drei Pumpen.",
        names_itself=True,
        a_day=5,
        now=clock(),
        cause=Cause.new(),
    )

    async with connection.transaction():
        await erase(connection, member, clock(), Cause.new())

    assert await connection.fetchval("select message from contact") == ""
    left = await connection.fetchval(
        "select count(*) from outbox where convert_from(payload, 'utf8') like '%drei Pumpen%'"
    )
    assert left == 0
