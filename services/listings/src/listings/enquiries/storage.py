"""What answers to enquiries led to, in PostgreSQL: one function a statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class EnquiryOffer:
    """The draft and the contact of an enquiry; both missing where there was no yes."""

    listing_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A draft of an organisation that nobody joined yet."""

    organisation_name: str
    title: str
    language: str
    created_at: datetime


async def note_answer(
    connection: Connection, enquiry_id: UUID, revision: int
) -> EnquiryOffer | None:
    """Lock what an enquiry led to so far; None where this answer or a later one was followed."""
    row = await connection.fetchrow(
        "insert into enquiry_offer (enquiry_id, revision) values ($1, $2)"
        " on conflict (enquiry_id) do update set revision = excluded.revision"
        " where enquiry_offer.revision < excluded.revision returning listing_id, contact_id",
        enquiry_id,
        revision,
    )
    return None if row is None else EnquiryOffer(**row)


async def offer_of(connection: Connection, enquiry_id: UUID) -> EnquiryOffer | None:
    row = await connection.fetchrow(
        "select listing_id, contact_id from enquiry_offer where enquiry_id = $1", enquiry_id
    )
    return None if row is None else EnquiryOffer(**row)


async def save_offer(connection: Connection, enquiry_id: UUID, offer: EnquiryOffer) -> None:
    await connection.execute(
        "update enquiry_offer set listing_id = $2, contact_id = $3 where enquiry_id = $1",
        enquiry_id,
        offer.listing_id,
        offer.contact_id,
    )


async def waiting_drafts(connection: Connection) -> tuple[WaitingDraft, ...]:
    """Of organisations without members, the longest waiting first."""
    rows = await connection.fetch(
        "select organisation.name as organisation_name, content ->> 'title' as title,"
        " content ->> 'language' as language, listing.created_at"
        " from enquiry_offer join listing on listing.id = enquiry_offer.listing_id"
        " join organisation on organisation.id = listing.organisation_id"
        " where listing.status = 'draft' and not exists ("
        " select from membership where membership.organisation_id = organisation.id)"
        " order by listing.created_at, listing.id"
    )
    return tuple(WaitingDraft(**row) for row in rows)
