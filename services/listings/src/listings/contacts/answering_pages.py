"""A contact as its two sides see it: the owner answers, and after a yes both are named."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.text import PlainProse
from chassis.web.translation import mark
from listings.access import require_member
from listings.contacts import commands, listed, storage
from listings.contacts.contact import AlreadyAnswered, ContactStatus, ExplanationMissing
from listings.contacts.queries import counterpart, requesting_name
from listings.contacts.side import Side, owner_only, side_behind
from listings.listing import storage as listing_storage
from listings.surroundings import Surroundings
from schemas.vocabulary import DeclineReason

router = APIRouter(include_in_schema=False)

SAY_WHY = mark("„{label}“ fehlt.")
ONE_SENTENCE = mark("Schreiben Sie in einem Satz, woran es liegt.")


class Refusal(BaseModel):
    reason: DeclineReason = Field(title=mark("Warum passt es nicht?"))
    explanation: PlainProse = Field(default="", title=mark("In einem Satz"), max_length=500)


@router.get("/my/contacts")
async def my_contacts(request: Request) -> Response:
    """All contacts of the organisations that the member acts for."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        ids = [organisation.id for organisation in member.organisations]
        contacts = await listed.of_organisations(connection, ids)
    return around.render(request, "contacts/mine.html", contacts=contacts)


@router.get("/contacts/{token}")
async def contact_by_link(request: Request, token: str) -> Response:
    """The contact behind the link of a mail; nothing happens by opening it."""
    return await _shown(request, f"/contacts/{token}")


@router.get("/my/contacts/{contact_id:uuid}")
async def my_contact(request: Request, contact_id: UUID) -> Response:
    """One contact of the member's own."""
    return await _shown(request, f"/my/contacts/{contact_id}")


@router.post("/contacts/{token}/accept")
async def accept_by_link(request: Request, token: str) -> Response:
    """Say yes: both sides get each other's names and addresses."""
    return await _accepted(request, f"/contacts/{token}")


@router.post("/my/contacts/{contact_id:uuid}/accept")
async def accept(request: Request, contact_id: UUID) -> Response:
    """Say yes: both sides get each other's names and addresses."""
    return await _accepted(request, f"/my/contacts/{contact_id}")


@router.post("/contacts/{token}/decline")
async def decline_by_link(request: Request, token: str) -> Response:
    """Say no, with a reason."""
    return await _declined(request, f"/contacts/{token}")


@router.post("/my/contacts/{contact_id:uuid}/decline")
async def decline(request: Request, contact_id: UUID) -> Response:
    """Say no, with a reason."""
    return await _declined(request, f"/my/contacts/{contact_id}")


@router.get("/contacts/{token}/accept")
@router.get("/contacts/{token}/decline")
async def back_to_contact_by_link(request: Request, token: str) -> Response:
    """Where the language links of a refused answer lead: they are opened by GET."""
    return _back(request, f"/contacts/{token}")


@router.get("/my/contacts/{contact_id:uuid}/accept")
@router.get("/my/contacts/{contact_id:uuid}/decline")
async def back_to_contact(request: Request, contact_id: UUID) -> Response:
    """Where the language links of a refused answer lead: they are opened by GET."""
    return _back(request, f"/my/contacts/{contact_id}")


def _back(request: Request, path: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{path}{query}", status_code=303)


async def _shown(request: Request, path: str) -> Response:
    async with Surroundings.of(request).pool.transaction() as connection:
        side = await side_behind(request, connection, path)
        return await _page(request, connection, side, Form.empty(request, Refusal))


async def _accepted(request: Request, path: str) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        side = owner_only(await side_behind(request, connection, path))
        occasion = around.occasion(request)
        try:
            await commands.accept_contact(
                connection,
                side.contact.id,
                member_id=side.member_id,
                now=occasion.now,
                cause=occasion.cause,
            )
        except AlreadyAnswered as before:
            if before.status is not ContactStatus.ACCEPTED:
                return await _too_late(request, connection, path)
    return RedirectResponse(path, status_code=303)


async def _declined(request: Request, path: str) -> Response:
    around = Surroundings.of(request)
    form = await Form.read(request, Refusal)
    async with around.pool.transaction() as connection:
        side = owner_only(await side_behind(request, connection, path))
        if form.value is None:
            return await _page(request, connection, side, form)
        occasion, given = around.occasion(request), form.value
        try:
            await commands.decline_contact(
                connection,
                side.contact.id,
                given.reason,
                explanation=given.explanation,
                member_id=side.member_id,
                now=occasion.now,
                cause=occasion.cause,
            )
        except ExplanationMissing:
            form = form.refused("explanation", SAY_WHY, ONE_SENTENCE)
            return await _page(request, connection, side, form)
        except AlreadyAnswered:
            if not await _stands(connection, side.contact.id, given):
                return await _too_late(request, connection, path)
    return RedirectResponse(path, status_code=303)


async def _stands(connection: Connection, contact_id: UUID, given: Refusal) -> bool:
    """Whether this very refusal is the answer already: a second click changed nothing."""
    contact = await storage.contact(connection, contact_id)
    if contact is None or contact.status is not ContactStatus.DECLINED:
        return False
    return (contact.reason, contact.explanation) == (given.reason, given.explanation.strip())


async def _too_late(request: Request, connection: Connection, path: str) -> Response:
    """What stands, read once more: a colleague may have answered in the same moment."""
    side = await side_behind(request, connection, path)
    return await _page(request, connection, side, Form.empty(request, Refusal), is_too_late=True)


async def _page(
    request: Request,
    connection: Connection,
    side: Side,
    form: Form[Refusal],
    *,
    is_too_late: bool = False,
) -> Response:
    around = Surroundings.of(request)
    listing = await listing_storage.listing(connection, side.contact.listing_id)
    return around.render(
        request,
        "contacts/contact.html",
        status=409 if is_too_late else 422 if form.is_refused else 200,
        is_too_late=is_too_late,
        side=side,
        contact=side.contact,
        may_end_listing=side.is_owner and listing is not None and listing.is_live,
        from_whom=await requesting_name(connection, side.contact),
        counterpart=await counterpart(connection, side.contact, for_owner=side.is_owner),
        form=form,
        reasons=around.choices(request, DeclineReason),
    )
