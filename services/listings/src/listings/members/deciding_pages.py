"""Pages where a moderator, or somebody who already speaks for it, lets people act for one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import require_member, require_role
from listings.members import deciding, joining
from listings.members.forms import DeclineForm
from listings.members.registration import Decline, Registration, UnknownRegistration
from listings.members.registration_storage import is_kept, verified_registrations
from listings.surroundings import Surroundings
from schemas.vocabulary import Role

ALREADY_DECIDED = mark("Über diese Registrierung ist schon entschieden.")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where registrations wait for a kind of people, and which of them for whoever asks."""

    page: str
    cases: str
    by_colleague: bool
    waiting: Callable[[Request, Connection], Awaitable[tuple[Registration, ...]]]


async def _for_moderators(request: Request, connection: Connection) -> tuple[Registration, ...]:
    await require_role(request, connection, Role.MODERATOR, Role.BROKER)
    return await verified_registrations(connection)


async def _for_colleagues(request: Request, connection: Connection) -> tuple[Registration, ...]:
    member = await require_member(request, connection)
    return await joining.colleagues_waiting(connection, member.member.email, member.organisations)


MODERATION = Desk(
    page="/moderation/members",
    cases="/moderation/members",
    by_colleague=False,
    waiting=_for_moderators,
)
ORGANISATION = Desk(
    page="/my/organisations",
    cases="/my/organisations/waiting",
    by_colleague=True,
    waiting=_for_colleagues,
)


@router.post("/moderation/members/{registration_id:uuid}/approve")
async def approve(request: Request, registration_id: UUID) -> Response:
    """Let a person act for the organisation they named."""
    return await _approve(request, registration_id, MODERATION)


@router.get("/moderation/members/{registration_id:uuid}/decline")
async def case(request: Request, registration_id: UUID) -> Response:
    """Ask why a person is declined; nobody has to say it."""
    return await _case(request, registration_id, MODERATION)


@router.post("/moderation/members/{registration_id:uuid}/decline")
async def decline(request: Request, registration_id: UUID) -> Response:
    """Refuse; the person stays a member who acts for nobody."""
    return await _decline(request, registration_id, MODERATION)


@router.post("/my/organisations/waiting/{registration_id:uuid}/approve")
async def approve_colleague(request: Request, registration_id: UUID) -> Response:
    """Let a colleague act for the organisation."""
    return await _approve(request, registration_id, ORGANISATION)


@router.get("/my/organisations/waiting/{registration_id:uuid}/decline")
async def case_of_colleague(request: Request, registration_id: UUID) -> Response:
    """Ask why this person does not speak for the organisation; nobody has to say it."""
    return await _case(request, registration_id, ORGANISATION)


@router.post("/my/organisations/waiting/{registration_id:uuid}/decline")
async def decline_colleague(request: Request, registration_id: UUID) -> Response:
    """Say that this person does not speak for the organisation."""
    return await _decline(request, registration_id, ORGANISATION)


async def _approve(request: Request, registration_id: UUID, desk: Desk) -> Response:
    occasion = Surroundings.of(request).occasion(request)
    with suppress(UnknownRegistration):
        async with _at(request, registration_id, desk) as (connection, _):
            await deciding.approve_registration(
                connection,
                registration_id,
                by_colleague=desk.by_colleague,
                occasion=occasion,
            )
        return RedirectResponse(desk.page, status_code=303)
    return _decided_before(desk)


async def _case(request: Request, registration_id: UUID, desk: Desk) -> Response:
    with suppress(UnknownRegistration):
        async with _at(request, registration_id, desk) as (_, person):
            return _page(request, person, desk, Form.empty(request, DeclineForm))
    return _decided_before(desk)


async def _decline(request: Request, registration_id: UUID, desk: Desk) -> Response:
    around = Surroundings.of(request)
    occasion = around.occasion(request)
    form = await Form.read(request, DeclineForm)
    with suppress(UnknownRegistration):
        async with _at(request, registration_id, desk) as (connection, person):
            if form.value is None:
                return _page(request, person, desk, form)
            await deciding.decline_registration(
                connection,
                registration_id,
                Decline(reason=form.value.reason, appeal_to=around.settings.appeal_to),
                by_colleague=desk.by_colleague,
                now=occasion.now,
                cause=occasion.cause,
            )
        return RedirectResponse(desk.page, status_code=303)
    return _decided_before(desk)


def _decided_before(desk: Desk) -> Response:
    """A second click, or a colleague was faster: the desk says so, for nobody kept who and how."""
    return RedirectResponse(f"{desk.page}?done=decided", status_code=303)


@asynccontextmanager
async def _at(
    request: Request, registration_id: UUID, desk: Desk
) -> AsyncIterator[tuple[Connection, Registration]]:
    """A registration that waits at this desk for whoever asks, in a transaction.

    One that waits for others is refused in words that tell nothing of it.
    """
    async with Surroundings.of(request).pool.transaction() as connection:
        waiting = {each.id: each for each in await desk.waiting(request, connection)}
        if registration_id in waiting:
            yield connection, waiting[registration_id]
        elif await is_kept(connection, registration_id):
            raise Problem(409, ALREADY_DECIDED)
        else:
            raise UnknownRegistration(registration_id)


def _page(request: Request, person: Registration, desk: Desk, form: Form[DeclineForm]) -> Response:
    around = Surroundings.of(request)
    return around.render(
        request,
        "members/decline.html",
        status=422 if form.is_refused else 200,
        person=person,
        desk=desk,
        form=form,
        appeal_to=around.settings.appeal_to,
    )
