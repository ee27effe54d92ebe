"""Who asks about a listing, and what they write: opened by a proposal's link or signed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request

from chassis.database import Connection
from chassis.web.problem import Problem
from chassis.web.text import PlainProse
from chassis.web.translation import mark
from listings.access import require_member, signed_in_member
from listings.listing import storage as listing_storage
from listings.listing.listing import Listing
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisations_of
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose

NO_ORGANISATION_YET = mark("Sie gehören noch zu keiner Organisation.")
WAIT_FOR_A_YES = mark(
    "Haben Sie sich eben registriert, muss noch ein Mitglied oder die Moderation Ja sagen. Danach "
    "steht hier das Formular: Merken Sie sich diese Seite."
)


class Inquiry(BaseModel):
    message: PlainProse = Field(title=mark("Ihre Nachricht"), min_length=20, max_length=2000)
    stays_unnamed: bool = Field(
        default=False, title=mark("Den Namen unserer Organisation erst nach der Zusage nennen")
    )
    organisation_id: UUID | None = Field(default=None, title=mark("Für welche Organisation"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who writes about which listing, and by which proposal they came."""

    listing_id: UUID
    member_id: UUID
    organisations: Sequence[Organisation]
    listing: Listing | None
    proposal_id: UUID | None = None

    @property
    def choices(self) -> list[Organisation]:
        """Those who can ask: nobody writes to their own organisation."""
        owner_id = self.listing and self.listing.organisation_id
        return [each for each in self.organisations if each.id != owner_id]

    def organisation_for(self, chosen: UUID | None) -> UUID:
        if chosen is None and len(only := self.choices or self.organisations) == 1:
            return only[0].id
        if chosen is None or chosen not in {each.id for each in self.organisations}:
            raise Problem(403)
        return chosen


async def asking_by_link(
    request: Request, connection: Connection, token: str, proposal_id: UUID | None
) -> Asking:
    await signed_in_member(request, connection)
    claims = await Surroundings.of(request).opened(
        request, connection, LinkPurpose.CONTACT_FORM, token
    )
    return Asking(
        listing_id=claims.object_id,
        member_id=claims.member_id,
        organisations=await organisations_of(connection, [claims.organisation_id]),
        listing=await listing_storage.listing(connection, claims.object_id),
        proposal_id=proposal_id,
    )


async def asking_signed_in(request: Request, connection: Connection, listing_id: UUID) -> Asking:
    member = await require_member(request, connection)
    if not member.organisations:
        raise Problem(403, NO_ORGANISATION_YET, remedy=WAIT_FOR_A_YES)
    return Asking(
        listing_id=listing_id,
        member_id=member.member_id,
        organisations=member.organisations,
        listing=await listing_storage.listing(connection, listing_id),
    )
