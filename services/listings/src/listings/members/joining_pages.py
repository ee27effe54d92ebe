"""Pages to register, and for moderators to let registered people act for their organisation."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.language import language_of
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import require_role, safe_next
from listings.listing.occasion import Occasion
from listings.members import joining
from listings.members.forms import RegistrationForm
from listings.members.registration import UnknownRegistration
from listings.members.registration_storage import verified_registrations
from listings.members.sign_in_pages import link_sent, spend_allowance
from listings.organisations.labels import KINDS
from listings.surroundings import Surroundings
from schemas.vocabulary import Language, Role, SizeClass

ALREADY_DECIDED = mark("Über diese Anmeldung ist schon entschieden.")

router = APIRouter(include_in_schema=False)


@router.get("/register")
async def registration_form(request: Request, next: str = "") -> Response:  # noqa: A002 - as in the URL
    """Ask who somebody is and for which organisation they act."""
    around = Surroundings.of(request)
    form = Form.empty(request, RegistrationForm, next=safe_next(next) or "")
    return _form_page(request, around, form)


@router.post("/register")
async def register(request: Request) -> Response:
    """Keep the registration and send the link that verifies the address."""
    around = Surroundings.of(request)
    form = await Form.read(request, RegistrationForm)
    if form.value is None:
        return _form_page(request, around, form, status=422)
    await spend_allowance(request, around, form.value.email)
    occasion = around.occasion(request)
    language = Language(language_of(request))
    async with around.pool.transaction() as connection:
        await joining.register(
            connection,
            form.value,
            language,
            next_path=safe_next(form.value.next),
            now=occasion.now,
            cause=occasion.cause,
        )
    return link_sent(request, form.value.email, form.value.next)


@router.get("/moderation/members")
async def registrations(request: Request) -> Response:
    """Show who waits to act for an organisation."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_role(request, connection, Role.MODERATOR, Role.BROKER)
        waiting = await verified_registrations(connection)
    return around.render(request, "members/registrations.html", waiting=waiting, kinds=KINDS)


@router.post("/moderation/members/{registration_id}/approve")
async def approve(request: Request, registration_id: UUID) -> Response:
    """Let a person act for the organisation they named."""

    async def command(connection: Connection, occasion: Occasion) -> None:
        await joining.approve_registration(
            connection, registration_id, now=occasion.now, cause=occasion.cause
        )

    return await _decide(request, command)


@router.post("/moderation/members/{registration_id}/decline")
async def decline(request: Request, registration_id: UUID) -> Response:
    """Refuse; the person stays a member who acts for nobody."""

    async def command(connection: Connection, _occasion: Occasion) -> None:
        await joining.decline_registration(connection, registration_id)

    return await _decide(request, command)


async def _decide(
    request: Request, command: Callable[[Connection, Occasion], Awaitable[None]]
) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_role(request, connection, Role.MODERATOR, Role.BROKER)
        try:
            await command(connection, around.occasion(request))
        except UnknownRegistration:
            raise Problem(409, ALREADY_DECIDED) from None
    return RedirectResponse("/moderation/members", status_code=303)


def _form_page(
    request: Request, around: Surroundings, form: Form[RegistrationForm], *, status: int = 200
) -> Response:
    kinds = [(kind.value, around.pages.text(request, label)) for kind, label in KINDS.items()]
    return around.render(
        request,
        "members/register.html",
        status=status,
        form=form,
        kinds=kinds,
        sizes=around.choices(request, SizeClass),
    )
