"""Whose listing a page is about: reached signed in, or by a mail's link."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from chassis.database import Connection
from chassis.web.problem import Problem
from listings.access import require_member, signed_in_member
from listings.listing import storage
from listings.listing.listing import Listing
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A listing of the reader; `key` is how they reached it, its id or a link's token."""

    key: str
    listing: Listing


async def owned_behind(
    around: Surroundings, request: Request, connection: Connection, key: str
) -> Owned:
    try:
        listing_id = UUID(key)
    except ValueError:
        return await _behind_link(around, request, connection, key)
    member = await require_member(request, connection)
    listing = await storage.listing(connection, listing_id)
    if listing is None or not member.acts_for(listing.organisation_id):
        raise Problem(404)
    return Owned(key=key, listing=listing)


async def _behind_link(
    around: Surroundings, request: Request, connection: Connection, token: str
) -> Owned:
    claims = await around.opened(request, connection, LinkPurpose.LISTING, token)
    await signed_in_member(request, connection)  # The header shows who is, the link says for whom.
    listing = await storage.listing(connection, claims.object_id)
    if listing is None or listing.organisation_id != claims.organisation_id:
        raise Problem(404)
    return Owned(key=token, listing=listing)
