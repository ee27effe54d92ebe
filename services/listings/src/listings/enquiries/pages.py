"""The offer draft behind the link that follows a yes, and the drafts that still wait for somebody.

The link names for whom it acts, so the form needs no sign-in: a draft is seen by nobody, and what
is submitted meets the same rules as any other listing.
"""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import SignedIn, require_role, signed_in_member
from listings.contacts import storage as contact_storage
from listings.enquiries import storage
from listings.listing import storage as listing_storage
from listings.listing.checked_form import ListingForm, checked
from listings.listing.form_pages import change_listing, form_page
from listings.listing.form_values import form_values
from listings.listing.listing import Listing
from listings.members.queries import member_of
from listings.organisations.queries import organisations_of
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose
from schemas.vocabulary import ListingStatus, Role

router = APIRouter(include_in_schema=False)

NOT_THERE = mark("Zu dieser Anfrage gibt es keinen Entwurf, oder er wird gerade erst vorbereitet.")
TRY_AGAIN = mark(
    "Laden Sie die Seite in einer Minute noch einmal. Bleibt es dabei, hat sich das Gesuch "
    "erledigt; Ihr Angebot können Sie unter „Mein Bereich“ trotzdem einstellen."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """A draft and whoever may write it: a member, for the one organisation of the link."""

    listing: Listing
    author: SignedIn
    is_signed_in: bool

    @property
    def is_open(self) -> bool:
        return self.listing.status is ListingStatus.DRAFT


@router.get("/listings/drafts/{token}")
async def offer_draft(request: Request, token: str) -> Response:
    """The prepared offer as a form; nothing happens by opening it."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        drafting = await _drafting(request, connection, token)
    values = form_values(drafting.listing.content)
    return _page(request, drafting, Form.empty(request, ListingForm, **values))


@router.post("/listings/drafts/{token}")
async def complete(request: Request, token: str) -> Response:
    """Keep what was written, or submit it; a second click changes nothing."""
    around = Surroundings.of(request)
    form = await Form.read(request, ListingForm)
    async with around.pool.transaction() as connection:
        drafting = await _drafting(request, connection, token)
        form, content = checked(around, form, drafting.author)
        if drafting.is_open and (form.value is None or content is None):
            return _page(request, drafting, form, status=422)
        if drafting.is_open and form.value is not None and content is not None:
            submit = form.value.act == "submit"
            await change_listing(
                around, request, connection, drafting.listing, content, submit=submit
            )
    return RedirectResponse(f"/listings/drafts/{token}", status_code=303)


@router.get("/moderation/drafts")
async def waiting_drafts(request: Request) -> Response:
    """What waits for organisations that nobody joined: whoever brokers calls them."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_role(request, connection, Role.MODERATOR, Role.BROKER)
        drafts = await storage.waiting_drafts(connection)
        unread = await contact_storage.unread(connection)
    return around.render(request, "enquiries/waiting.html", drafts=drafts, unread=unread)


async def _drafting(request: Request, connection: Connection, token: str) -> Drafting:
    claims = await Surroundings.of(request).opened(
        request, connection, LinkPurpose.OFFER_DRAFT, token
    )
    offer = await storage.offer_of(connection, claims.object_id)
    if offer is None or offer.listing_id is None:
        raise Problem(404, NOT_THERE, remedy=TRY_AGAIN)
    listing = await listing_storage.listing_to_write(connection, offer.listing_id)
    if listing is None or listing.organisation_id != claims.organisation_id:
        raise Problem(404, NOT_THERE, remedy=TRY_AGAIN)
    author = SignedIn(
        member=await member_of(connection, claims.member_id),
        organisations=await organisations_of(connection, [claims.organisation_id]),
    )
    reader = await signed_in_member(request, connection)
    return Drafting(listing=listing, author=author, is_signed_in=reader is not None)


def _page(
    request: Request, drafting: Drafting, form: Form[ListingForm], *, status: int = 200
) -> Response:
    around = Surroundings.of(request)
    if not drafting.is_open:
        return around.render(request, "enquiries/completed.html", listing=drafting.listing)
    return form_page(
        around,
        request,
        drafting.author,
        form,
        status=status,
        listing=drafting.listing,
        can_preview=drafting.is_signed_in,
    )
