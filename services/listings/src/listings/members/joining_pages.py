"""Pages to register, and for moderators to see who waits to act for an organisation."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.forms import Form
from chassis.web.language import language_of
from listings.access import require_role, safe_next, signed_in_member
from listings.members import joining
from listings.members.forms import RegistrationForm
from listings.members.registration_storage import verified_registrations
from listings.members.sign_in_pages import link_sent, spend_allowance
from listings.organisations.labels import KINDS
from listings.organisations.queries import organisations_of
from listings.surroundings import Surroundings
from schemas.vocabulary import Language, Role, SizeClass

router = APIRouter(include_in_schema=False)


@router.get("/register")
async def registration_form(request: Request, next: str = "") -> Response:  # noqa: A002 - as in the URL
    """Ask who somebody is and for which organisation they act."""
    around = Surroundings.of(request)
    await _know_reader(request, around)
    form = Form.empty(request, RegistrationForm, next=safe_next(next) or "")
    return _form_page(request, around, form)


@router.post("/register")
async def register(request: Request) -> Response:
    """Keep the registration and send the link that verifies the address."""
    around = Surroundings.of(request)
    await _know_reader(request, around)
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
    return link_sent(request, form.value.email, form.value.next, registers=True)


@router.get("/moderation/members")
async def registrations(request: Request, done: str = "") -> Response:
    """Show who waits to act for an organisation."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_role(request, connection, Role.MODERATOR, Role.BROKER)
        waiting = await verified_registrations(connection)
        named = [each.organisation_id for each in waiting if each.organisation_id is not None]
        entries = await organisations_of(connection, named)
    return around.render(
        request,
        "members/registrations.html",
        waiting=waiting,
        entries={entry.id: entry for entry in entries},
        kinds=KINDS,
        moderates=member.has_role(Role.MODERATOR),
        done=done,
    )


async def _know_reader(request: Request, around: Surroundings) -> None:
    """Members register too, for a further organisation: the header shows them as signed in."""
    async with around.pool.transaction() as connection:
        await signed_in_member(request, connection)


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
