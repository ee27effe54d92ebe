"""Contacts at a glance for one of their sides; whoever stays unnamed is left out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.database import Connection, Row
from listings.contacts import storage
from listings.contacts.contact import Contact, ContactStatus
from listings.contacts.queries import names_requester
from schemas.vocabulary import ListingStatus, Visibility

_WITH_OTHER_SIDE = """
    select contact.*, side.is_owner, other.name as other_name,
        listing.visibility, listing.status as listing_status,
        exists (select from member where member.id = case when side.is_owner
                then contact.requesting_member_id else contact.answering_member_id end)
            and exists (select from membership where membership.organisation_id = other.id)
            as is_there
    from contact
    join listing on listing.id = contact.listing_id
    cross join lateral (select owning_organisation_id = any($1::uuid[]) as is_owner) side
    left join organisation other on other.id = case when side.is_owner
        then contact.requesting_organisation_id else contact.owning_organisation_id end
    where requesting_organisation_id = any($1::uuid[]) or owning_organisation_id = any($1::uuid[])
    order by contact.status <> 'requested', contact.requested_at desc, contact.id
"""
_NAMED = frozenset({Visibility.PUBLIC, Visibility.CLUSTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedContact:
    """`counterpart` is absent where its name stays unsaid, or it is in the directory no more.

    `is_there` says of an accepted one whether its other side can still be written to.
    """

    contact: Contact
    is_owner: bool
    counterpart: str | None
    is_there: bool
    listing_path: str | None


async def of_organisations(
    connection: Connection, organisation_ids: Sequence[UUID]
) -> tuple[ListedContact, ...]:
    """All contacts that one of these asked for or is asked for, open ones first."""
    rows = await connection.fetch(_WITH_OTHER_SIDE, list(organisation_ids))
    return tuple(_listed(row) for row in rows)


def _listed(row: Row) -> ListedContact:
    contact = storage.contact_of(row)
    is_owner: bool = row["is_owner"]
    is_named = names_requester(contact) if is_owner else _names_owner(contact, row["visibility"])
    return ListedContact(
        contact=contact,
        is_owner=is_owner,
        counterpart=row["other_name"] if is_named else None,
        is_there=row["is_there"],
        listing_path=_path_to(contact, row["listing_status"], is_owner=is_owner),
    )


def _names_owner(contact: Contact, visibility: str) -> bool:
    """Before a yes as the listing itself does."""
    return contact.status is ContactStatus.ACCEPTED or visibility in _NAMED


def _path_to(contact: Contact, listing_status: str, *, is_owner: bool) -> str | None:
    """Where this side can still open the listing."""
    if not contact.listing_title:
        return None
    if is_owner:
        return f"/my/listings/{contact.listing_id}"
    return f"/listings/{contact.listing_id}" if listing_status == ListingStatus.PUBLISHED else None
