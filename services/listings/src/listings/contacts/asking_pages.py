"""Writing to the owner of a listing: from a proposal's link, or signed in from the listing."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import WHOLE_FORM, Form
from chassis.web.translation import mark
from listings.access import signed_in_member
from listings.contacts import commands, storage
from listings.contacts.asking import Asking, Inquiry, asking_by_link, asking_signed_in
from listings.contacts.commands import (
    ContactAlreadyOpen,
    ListingNotReachable,
    OwnListing,
    TooManyContacts,
)
from listings.contacts.contact import Contact
from listings.contacts.queries import is_unread
from listings.listing import showing
from listings.listing import storage as listing_storage
from listings.refusals import ANSWERS
from listings.surroundings import Surroundings

router = APIRouter(include_in_schema=False)

MISSING = mark("„{label}“ fehlt.")
CHOOSE_ONE = mark("Wählen Sie eine Ihrer Organisationen.")
REFUSALS = (ContactAlreadyOpen, ListingNotReachable, OwnListing, TooManyContacts)


@router.get("/contacts/new/{token}")
async def inquiry_by_link(request: Request, token: str, proposal: UUID | None = None) -> Response:
    """The form behind the button of a proposal."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await asking_by_link(request, connection, token, proposal)
        return await _blank(request, connection, asking)


@router.post("/contacts/new/{token}")
async def ask_by_link(request: Request, token: str, proposal: UUID | None = None) -> Response:
    """Send the message; the owner gets a mail, one even after a double click."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await asking_by_link(request, connection, token, proposal)
        return await _asked(request, connection, asking)


@router.get("/listings/{listing_id:uuid}/contact")
async def inquiry(request: Request, listing_id: UUID) -> Response:
    """The form for members, from the listing's page; nobody signs in for what is over."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        listing = await listing_storage.listing(connection, listing_id)
        if listing is not None and listing.has_ended:
            raise ListingNotReachable
        asking = await asking_signed_in(request, connection, listing_id)
        return await _blank(request, connection, asking)


@router.post("/listings/{listing_id:uuid}/contact")
async def ask(request: Request, listing_id: UUID) -> Response:
    """Send the message; the owner gets a mail."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        asking = await asking_signed_in(request, connection, listing_id)
        return await _asked(request, connection, asking)


@router.get("/contacts/sent")
async def sent(request: Request) -> Response:
    """What happens next, after a message was sent."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await signed_in_member(request, connection)
    return around.render(request, "contacts/sent.html")


async def _asked(request: Request, connection: Connection, asking: Asking) -> Response:
    form = await Form.read(request, Inquiry)
    if len(asking.choices) > 1 and not any(form.typed.get("organisation_id", ())):
        form = form.refused("organisation_id", MISSING, CHOOSE_ONE)
    if form.value is None:
        return await _page(request, connection, asking, form, status=422)
    organisation_id = asking.organisation_for(form.value.organisation_id)
    try:
        await _request(request, connection, asking, organisation_id, form.value)
    except REFUSALS as error:
        waiting = await storage.open_contact(connection, organisation_id, asking.listing_id)
        if waiting is None or waiting.message != form.value.message:
            return await _refused(request, connection, asking, form, error)
    return RedirectResponse("/contacts/sent", status_code=303)


async def _request(
    request: Request,
    connection: Connection,
    asking: Asking,
    organisation_id: UUID,
    inquiry: Inquiry,
) -> None:
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    await commands.request_contact(
        connection,
        listing_id=asking.listing_id,
        organisation_id=organisation_id,
        member_id=asking.member_id,
        message=inquiry.message,
        names_itself=not inquiry.stays_unnamed,
        a_day=around.settings.contacts_a_day,
        now=occasion.now,
        cause=occasion.cause,
        proposal_id=asking.proposal_id,
    )


async def _refused(
    request: Request, connection: Connection, asking: Asking, form: Form[Inquiry], error: Exception
) -> Response:
    """The form again and not a page of its own: a long message is not typed twice."""
    said = ANSWERS[type(error)]()
    form = form.refused(WHOLE_FORM, said.detail, said.remedy)
    return await _page(request, connection, asking, form, status=said.status, headers=said.headers)


async def _blank(request: Request, connection: Connection, asking: Asking) -> Response:
    if asking.listing is None or not asking.listing.is_visible:
        raise ListingNotReachable
    if not asking.choices:
        raise OwnListing
    return await _page(request, connection, asking, Form.empty(request, Inquiry))


async def _page(
    request: Request,
    connection: Connection,
    asking: Asking,
    form: Form[Inquiry],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    seen = [asking.listing] if asking.listing is not None and asking.listing.is_visible else []
    return Surroundings.of(request).render(
        request,
        "contacts/new.html",
        status=status,
        headers=headers,
        cards=await showing.shown(connection, seen),
        form=form,
        organisations=[(str(each.id), each.name) for each in asking.choices],
        waiting=await _open_contact(connection, asking),
        is_unread=await is_unread(connection, asking.listing),
    )


async def _open_contact(connection: Connection, asking: Asking) -> Contact | None:
    """The message that already waits for an answer, where there is only one who could ask."""
    if len(asking.choices) != 1:
        return None
    return await storage.open_contact(connection, asking.choices[0].id, asking.listing_id)
