"""A member's organisations: those they act for, who wants to join them, and joining another."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import SignedIn, require_member
from listings.listing.occasion import Occasion
from listings.members import joining
from listings.members.registration import UnknownRegistration
from listings.members.registration_storage import verified_of_member
from listings.organisations.labels import KINDS
from listings.organisations.storage import organisations_named
from listings.surroundings import Surroundings

HERE = "/my/organisations"
FOUND = 10
ALREADY_DECIDED = mark("Über diese Anmeldung ist schon entschieden.")

router = APIRouter(include_in_schema=False)


@router.get(HERE)
async def my_organisations(
    request: Request, q: Annotated[str, Query(max_length=100)] = "", done: str = ""
) -> Response:
    """Show for whom a member acts, who waits for their word, and whom else they may speak for."""
    around = Surroundings.of(request)
    wanted = q.strip()
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        waiting = await joining.colleagues_waiting(connection, member.organisations)
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


@router.post("/my/organisations/waiting/{registration_id:uuid}/approve")
async def approve(request: Request, registration_id: UUID) -> Response:
    """Let a colleague act for the organisation."""

    async def command(connection: Connection, occasion: Occasion) -> None:
        await joining.approve_registration(
            connection, registration_id, now=occasion.now, cause=occasion.cause
        )

    return await _decided(request, registration_id, command)


@router.post("/my/organisations/waiting/{registration_id:uuid}/decline")
async def decline(request: Request, registration_id: UUID) -> Response:
    """Say that this person does not speak for the organisation."""

    async def command(connection: Connection, _occasion: Occasion) -> None:
        await joining.decline_registration(connection, registration_id)

    return await _decided(request, registration_id, command)


async def _decided(
    request: Request,
    registration_id: UUID,
    command: Callable[[Connection, Occasion], Awaitable[None]],
) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        await _require_their_word(connection, member, registration_id)
        try:
            await command(connection, around.occasion(request))
        except UnknownRegistration:
            raise Problem(409, ALREADY_DECIDED) from None
    return RedirectResponse(HERE, status_code=303)


async def _require_their_word(
    connection: Connection, member: SignedIn, registration_id: UUID
) -> None:
    waiting = await joining.colleagues_waiting(connection, member.organisations)
    if registration_id not in {wish.id for wish in waiting}:
        raise Problem(409, ALREADY_DECIDED)
