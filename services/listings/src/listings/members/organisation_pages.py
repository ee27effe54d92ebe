"""A member's organisations: those they act for, who wants to join them, another, a new one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.web.forms import Form
from chassis.web.text import composed
from listings import leaving
from listings.access import SignedIn, require_member
from listings.members import joining
from listings.members.forms import OrganisationForm
from listings.members.registration_storage import verified_of_member
from listings.organisations.labels import KINDS
from listings.organisations.organisation import Organisation, UnknownOrganisation
from listings.organisations.storage import organisations_named
from listings.surroundings import Surroundings
from schemas.vocabulary import SizeClass

HERE = "/my/organisations"
FOUND = 10

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def my_organisations(
    request: Request,
    q: Annotated[str, Query(max_length=joining.LONGEST_SEARCH)] = "",
    done: str = "",
) -> Response:
    """Show for whom a member acts, who waits for their word, and whom else they may speak for."""
    around = Surroundings.of(request)
    wanted = composed(q)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        waiting = await joining.colleagues_waiting(
            connection, member.member.email, member.organisations
        )
        wishes = await verified_of_member(connection, member.member_id)
        found = await organisations_named(connection, wanted, limit=FOUND) if wanted else ()
    return around.render(
        request,
        "members/organisations.html",
        member=member,
        waiting=waiting,
        wishes=wishes,
        wanted=wanted,
        found=[each for each in found if not member.acts_for(each.id)],
        kinds=KINDS,
        done=done,
    )


@router.post("/my/organisations/{organisation_id:uuid}/join")
async def join(request: Request, organisation_id: UUID) -> Response:
    """Ask to act for an organisation of the directory."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        admission = await joining.ask_to_join(
            connection, member.member_id, organisation_id, now=occasion.now, cause=occasion.cause
        )
    return RedirectResponse(f"{HERE}?done={admission}", status_code=303)


@router.get("/my/organisations/{organisation_id:uuid}/leave")
async def before_leaving(request: Request, organisation_id: UUID) -> Response:
    """Say what it means to act for an organisation no more, and ask once again."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
    return around.render(
        request, "members/leave.html", organisation=_own(member, organisation_id), here=HERE
    )


@router.post("/my/organisations/{organisation_id:uuid}/leave")
async def leave(request: Request, organisation_id: UUID) -> Response:
    """Act for an organisation no more."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        await leaving.resign(
            connection,
            member.member_id,
            _own(member, organisation_id).id,
            now=occasion.now,
            cause=occasion.cause,
        )
    return RedirectResponse(f"{HERE}?done=left", status_code=303)


def _own(member: SignedIn, organisation_id: UUID) -> Organisation:
    for organisation in member.organisations:
        if organisation.id == organisation_id:
            return organisation
    raise UnknownOrganisation(organisation_id)


@router.get(f"{HERE}/new")
async def new_organisation(
    request: Request, name: Annotated[str, Query(max_length=joining.LONGEST_SEARCH)] = ""
) -> Response:
    """Ask about an organisation that the directory does not know; its name was searched for."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_member(request, connection)
    form = Form.empty(request, OrganisationForm, organisation_name=name.strip())
    return _form_page(request, around, form)


@router.post(HERE)
async def ask_for_new(request: Request) -> Response:
    """Ask to act for an organisation that is new to the directory."""
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    form = await Form.read(request, OrganisationForm)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        if form.value is None:
            return _form_page(request, around, form)
        admission = await joining.ask_for_new(
            connection, member.member_id, form.value, now=occasion.now, cause=occasion.cause
        )
    return RedirectResponse(f"{HERE}?done={admission}", status_code=303)


def _form_page(request: Request, around: Surroundings, form: Form[OrganisationForm]) -> Response:
    return around.render(
        request,
        "members/new_organisation.html",
        status=422 if form.is_refused else 200,
        form=form,
        kinds=[(kind.value, around.pages.text(request, label)) for kind, label in KINDS.items()],
        sizes=around.choices(request, SizeClass),
    )
