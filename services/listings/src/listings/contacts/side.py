"""From which side of a contact somebody looks at it: by a mail's link, or signed in."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from chassis.database import Connection
from chassis.web.problem import Problem
from listings.access import require_member, signed_in_member
from listings.contacts import storage
from listings.contacts.contact import Contact
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A contact and who of its two sides looks at it; `path` is where they came from."""

    contact: Contact
    path: str
    member_id: UUID
    is_owner: bool


async def side_behind(request: Request, connection: Connection, path: str) -> Side:
    key = path.rpartition("/")[2]
    if path.startswith("/my/"):
        member = await require_member(request, connection)
        contact = await storage.contact(connection, UUID(key))
        return _side_of(contact, path, member.member_id, member.member.organisation_ids)
    await signed_in_member(request, connection)
    claims = await Surroundings.of(request).opened(request, connection, LinkPurpose.CONTACT, key)
    contact = await storage.contact(connection, claims.object_id)
    return _side_of(contact, path, claims.member_id, (claims.organisation_id,))


def _side_of(
    contact: Contact | None, path: str, member_id: UUID, organisation_ids: tuple[UUID, ...]
) -> Side:
    if contact is None:
        raise Problem(404)
    is_owner = contact.owning_organisation_id in organisation_ids
    if not is_owner and contact.requesting_organisation_id not in organisation_ids:
        raise Problem(404)
    return Side(contact=contact, path=path, member_id=member_id, is_owner=is_owner)


def owner_only(side: Side) -> Side:
    if not side.is_owner:
        raise Problem(403)
    return side
