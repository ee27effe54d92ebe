"""A contact as its two sides see it: the owner answers, and after a yes both are named."""

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
from listings.contacts.contact import Contact, ExplanationMissing
from listings.contacts.queries import counterpart, requesting_name
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose
from schemas.vocabulary import DeclineReason

router = APIRouter(include_in_schema=False)

SAY_WHY = mark("„{label}“ fehlt.")
ONE_SENTENCE = mark("Schreiben Sie in einem Satz, woran es liegt.")


class Refusal(BaseModel):
    reason: DeclineReason = Field(title=mark("Warum passt es nicht?"))
    explanation: PlainProse = Field(default="", title=mark("In einem Satz"), max_length=500)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A contact and who of its two sides looks at it; `path` is where they came from."""

    contact: Contact
    path: str
    member_id: UUID
    is_owner: bool


@router.get("/my/contacts")
async def my_contacts(request: Request) -> Response:
    """All contacts of the organisations that the member acts for."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        ids = [organisation.id for organisation in member.organisations]
        contacts = await storage.of_organisations(connection, ids)
    return around.render(request, "contacts/mine.html", contacts=contacts, own=set(ids))


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


async def _shown(request: Request, path: str) -> Response:
    async with Surroundings.of(request).pool.transaction() as connection:
        side = await _side(request, connection, path)
        return await _page(request, connection, side, Form.empty(request, Refusal))


async def _accepted(request: Request, path: str) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        side = _owner(await _side(request, connection, path))
        occasion = around.occasion(request)
        await commands.accept_contact(
            connection,
            side.contact.id,
            member_id=side.member_id,
            now=occasion.now,
            cause=occasion.cause,
        )
    return RedirectResponse(path, status_code=303)


async def _declined(request: Request, path: str) -> Response:
    around = Surroundings.of(request)
    form = await Form.read(request, Refusal)
    async with around.pool.transaction() as connection:
        side = _owner(await _side(request, connection, path))
        if form.value is None:
            return await _page(request, connection, side, form)
        occasion = around.occasion(request)
        try:
            await commands.decline_contact(
                connection,
                side.contact.id,
                form.value.reason,
                explanation=form.value.explanation,
                member_id=side.member_id,
                now=occasion.now,
                cause=occasion.cause,
            )
        except ExplanationMissing:
            form = form.refused("explanation", SAY_WHY, ONE_SENTENCE)
            return await _page(request, connection, side, form)
    return RedirectResponse(path, status_code=303)


async def _side(request: Request, connection: Connection, path: str) -> Side:
    key = path.rpartition("/")[2]
    if path.startswith("/my/"):
        member = await require_member(request, connection)
        contact = await storage.contact(connection, UUID(key))
        return _side_of(contact, path, member.member_id, member.member.organisation_ids)
    claims = await Surroundings.of(request).opened(connection, LinkPurpose.CONTACT, key)
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


def _owner(side: Side) -> Side:
    if not side.is_owner:
        raise Problem(403)
    return side


async def _page(
    request: Request, connection: Connection, side: Side, form: Form[Refusal]
) -> Response:
    around = Surroundings.of(request)
    return around.render(
        request,
        "contacts/contact.html",
        status=422 if form.is_refused else 200,
        side=side,
        contact=side.contact,
        from_whom=await requesting_name(connection, side.contact),
        counterpart=await counterpart(connection, side.contact, for_owner=side.is_owner),
        form=form,
        reasons=around.choices(request, DeclineReason),
    )
