"""Writing to the owner of a listing: from a proposal's link, or signed in from the listing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.text import PlainProse
from chassis.web.translation import mark
from listings.access import require_member
from listings.contacts import commands, storage
from listings.contacts.commands import ContactAlreadyOpen, ListingNotReachable, OwnListing
from listings.contacts.contact import Contact
from listings.listing import showing
from listings.listing import storage as listing_storage
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisations_of
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose

router = APIRouter(include_in_schema=False)

MISSING = mark("„{label}“ fehlt.")
CHOOSE_ONE = mark("Wählen Sie eine Ihrer Organisationen.")
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
    proposal_id: UUID | None = None

    def organisation_for(self, chosen: UUID | None) -> UUID:
        ids = [organisation.id for organisation in self.organisations]
        if chosen is None and len(ids) == 1:
            return ids[0]
        if chosen is None or chosen not in ids:
            raise Problem(403)
        return chosen


@router.get("/contacts/new/{token}")
async def inquiry_by_link(request: Request, token: str, proposal: UUID | None = None) -> Response:
    """The form behind the button of a proposal."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await _asking_by_link(around, connection, token, proposal)
        return await _page(request, connection, asking, Form.empty(request, Inquiry))


@router.post("/contacts/new/{token}")
async def ask_by_link(request: Request, token: str, proposal: UUID | None = None) -> Response:
    """Send the message; the owner gets a mail, one even after a double click."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await _asking_by_link(around, connection, token, proposal)
        return await _asked(request, connection, asking)


@router.get("/listings/{listing_id:uuid}/contact")
async def inquiry(request: Request, listing_id: UUID) -> Response:
    """The form for members, from the listing's page."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await _asking_signed_in(request, connection, listing_id)
        return await _page(request, connection, asking, Form.empty(request, Inquiry))


@router.post("/listings/{listing_id:uuid}/contact")
async def ask(request: Request, listing_id: UUID) -> Response:
    """Send the message; the owner gets a mail."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await _asking_signed_in(request, connection, listing_id)
        return await _asked(request, connection, asking)


@router.get("/contacts/sent")
async def sent(request: Request) -> Response:
    """What happens next, after a message was sent."""
    return Surroundings.of(request).render(request, "contacts/sent.html")


async def _asking_by_link(
    around: Surroundings, connection: Connection, token: str, proposal_id: UUID | None
) -> Asking:
    claims = await around.opened(connection, LinkPurpose.CONTACT_FORM, token)
    return Asking(
        listing_id=claims.object_id,
        member_id=claims.member_id,
        organisations=await organisations_of(connection, [claims.organisation_id]),
        proposal_id=proposal_id,
    )


async def _asking_signed_in(request: Request, connection: Connection, listing_id: UUID) -> Asking:
    member = await require_member(request, connection)
    if not member.organisations:
        raise Problem(403, NO_ORGANISATION_YET, remedy=WAIT_FOR_A_YES)
    return Asking(
        listing_id=listing_id, member_id=member.member_id, organisations=member.organisations
    )


async def _asked(request: Request, connection: Connection, asking: Asking) -> Response:
    around = Surroundings.of(request)
    form = await Form.read(request, Inquiry)
    if len(asking.organisations) > 1 and not any(form.typed.get("organisation_id", ())):
        form = form.refused("organisation_id", MISSING, CHOOSE_ONE)
    if form.value is None:
        return await _page(request, connection, asking, form)
    occasion = around.occasion(request)
    organisation_id = asking.organisation_for(form.value.organisation_id)
    try:
        await commands.request_contact(
            connection,
            listing_id=asking.listing_id,
            organisation_id=organisation_id,
            member_id=asking.member_id,
            message=form.value.message,
            names_itself=not form.value.stays_unnamed,
            a_day=around.settings.contacts_a_day,
            now=occasion.now,
            cause=occasion.cause,
            proposal_id=asking.proposal_id,
        )
    except ContactAlreadyOpen:
        waiting = await storage.open_contact(connection, organisation_id, asking.listing_id)
        if waiting is None or waiting.message != form.value.message:
            raise
    return RedirectResponse("/contacts/sent", status_code=303)


async def _page(
    request: Request, connection: Connection, asking: Asking, form: Form[Inquiry]
) -> Response:
    listing = await listing_storage.listing(connection, asking.listing_id)
    if listing is None or not listing.is_visible:
        raise ListingNotReachable
    if {each.id for each in asking.organisations} == {listing.organisation_id}:
        raise OwnListing
    (card,) = await showing.shown(connection, [listing])
    organisations = [(str(each.id), each.name) for each in asking.organisations]
    return Surroundings.of(request).render(
        request,
        "contacts/new.html",
        status=422 if form.is_refused else 200,
        card=card,
        form=form,
        organisations=organisations,
        waiting=await _open_contact(connection, asking),
    )


async def _open_contact(connection: Connection, asking: Asking) -> Contact | None:
    """The message that already waits for an answer, where there is only one who could ask."""
    if len(asking.organisations) != 1:
        return None
    return await storage.open_contact(connection, asking.organisations[0].id, asking.listing_id)
