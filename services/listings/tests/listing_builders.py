"""Listings and contacts for tests, in the words of the pages."""

from datetime import timedelta
from uuid import UUID

from listings_scene import NOW
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import commands as contacts
from listings.contacts.contact import Contact
from listings.listing import commands, storage
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from listings.places import find_place
from schemas.listing import ListingContent
from schemas.place import Category
from schemas.vocabulary import Cooperation, Language, ListingKind, Visibility

LABORATORY = Category(
    slug="laboratory", label_de="Labor und Analytik", label_en="Laboratory and analysis"
)
WRITTEN = {
    "kind": "offer",
    "cooperation": "product",
    "title": "Dosierpumpen für den Laborbetrieb",
    "description": "Schlauchpumpen mit Förderraten von 0,1 bis 900 ml/min, ab Lager lieferbar.",
    "category": "laboratory",
}
"""The fields that the form and the API require."""


def content(title: str, **changes: object) -> ListingContent:
    fields: dict[str, object] = {
        "kind": ListingKind.OFFER,
        "cooperation": Cooperation.PRODUCT,
        "title": title,
        "description": "Ab Lager lieferbar, geprüft nach den geltenden Normen.",
        "category": LABORATORY,
        "place": find_place("18055"),
        "valid_until": NOW + timedelta(days=90),
        "language": Language.GERMAN,
        "visibility": Visibility.PUBLIC,
    }
    return ListingContent.model_validate(fields | changes)


def on(now_or_clock: object = NOW) -> Occasion:
    now = now_or_clock() if callable(now_or_clock) else now_or_clock
    return Occasion(now=now, cause=Cause.new(), public_url="http://exchange.test")  # type: ignore[arg-type]


async def a_draft(
    connection: Connection,
    organisation: Organisation,
    title: str = "Dosierpumpen",
    **changes: object,
) -> Listing:
    async with connection.transaction():
        return await commands.draft_listing(
            connection,
            content(title, **changes),
            organisation_id=organisation.id,
            member_id=uuid7(),
            now=NOW,
        )


async def a_listing(
    connection: Connection,
    organisation: Organisation,
    title: str = "Dosierpumpen",
    **changes: object,
) -> Listing:
    """Submitted: published where the organisation is trusted, else waiting for a moderator."""
    draft = await a_draft(connection, organisation, title, **changes)
    async with connection.transaction():
        return await commands.submit_listing(connection, draft.id, on())


async def asking(
    connection: Connection,
    listing: Listing,
    asker: Member,
    message: str = "Wir suchen zwölf Dosierpumpen bis Ende März. Können Sie liefern?",
) -> Contact:
    """In the transaction of the caller, for the first organisation of who asks."""
    return await contacts.request_contact(
        connection,
        listing_id=listing.id,
        organisation_id=asker.organisation_ids[0],
        member_id=asker.id,
        message=message,
        names_itself=True,
        a_day=5,
        now=NOW,
        cause=Cause.new(),
    )


async def as_stored(connection: Connection, listing_id: UUID) -> Listing:
    listing = await storage.listing(connection, listing_id)
    assert listing is not None
    return listing


async def said(connection: Connection) -> list[str]:
    """The types of everything in the outbox about listings and contacts, in order."""
    rows = await connection.fetch(
        "select headers->>'ce_type' as type, payload is null as is_gone from outbox"
        " where topic like '%listing%' or topic like 'contact%' order by seq"
    )
    return [f"{row['type']} gone" if row["is_gone"] else row["type"] for row in rows]
