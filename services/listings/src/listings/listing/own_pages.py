"""An owner's listings and what can be done with them; reached signed in or by a mail's link."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.access import require_member, signed_in_member
from listings.listing import commands, moderation, solved, storage, unreachable
from listings.listing.days import DayPassed, passed_days
from listings.listing.done import HOLDS, Done, still_done
from listings.listing.life_cycle import Act, NotPossibleNow, may
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.members.registration_storage import verified_of_member
from listings.surroundings import Surroundings
from schemas.links import LinkPurpose
from schemas.vocabulary import ClosingAnswer

Command = Callable[[Connection, UUID, Occasion], Awaitable[Listing]]
ANSWERS = (
    (ClosingAnswer.FOUND_HERE, mark("Wir haben hier jemanden gefunden")),
    (ClosingAnswer.FOUND_ELSEWHERE, mark("Wir haben es anderswo gelöst")),
    (ClosingAnswer.NO_LONGER_NEEDED, mark("Es wird nicht mehr gebraucht")),
)


class Withdrawal(BaseModel):
    answer: ClosingAnswer | None = Field(default=None, title=mark("Warum beenden Sie den Eintrag?"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A listing of the reader; `key` is how they reached it, its id or a link's token."""

    key: str
    listing: Listing


router = APIRouter(include_in_schema=False)


@router.get("/my/listings")
async def my_listings(request: Request) -> Response:
    """All listings of the organisations that the member acts for."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        member = await require_member(request, connection)
        ids = [organisation.id for organisation in member.organisations]
        listings = await storage.of_organisations(connection, ids)
        said_solved = await solved.said_solved(connection, [listing.id for listing in listings])
        wishes = await verified_of_member(connection, member.member_id)
    return around.render(
        request,
        "listing/mine.html",
        member=member,
        listings=listings,
        said_solved=said_solved,
        wishes=wishes,
    )


@router.get("/my/listings/{key}")
async def my_listing(request: Request, key: str, done: str = "") -> Response:
    """One listing of the member's own, with everything that can be done with it."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        owned = await _owned(around, request, connection, key)
        return await _page(around, request, connection, owned, done=still_done(owned.listing, done))


@router.post("/my/listings/{key}/confirm")
async def confirm(request: Request, key: str) -> Response:
    """Say that the listing is still valid."""
    return await _done(request, key, commands.confirm_listing, Done.CONFIRMED)


@router.post("/my/listings/{key}/pause")
async def pause(request: Request, key: str) -> Response:
    """Take the listing out of lists and matching for a while."""
    return await _done(request, key, commands.pause_listing, Done.PAUSED)


@router.post("/my/listings/{key}/resume")
async def resume(request: Request, key: str) -> Response:
    """Show a paused listing again."""
    return await _done(request, key, commands.resume_listing, Done.RESUMED)


@router.post("/my/listings/{key}/submit")
async def submit(request: Request, key: str) -> Response:
    """Submit a draft as it stands; if a day of it has passed, the page says which."""
    return await _done(request, key, commands.submit_listing, Done.SUBMITTED)


@router.post("/my/listings/{key}/withdraw")
async def withdraw(request: Request, key: str) -> Response:
    """End the listing, with the answer to why."""
    around = Surroundings.of(request)
    form = await Form.read(request, Withdrawal)
    async with around.pool.transaction() as connection:
        owned = await _owned(around, request, connection, key)
        if form.value is None:
            return await _page(around, request, connection, owned, form=form)
        with _unless(Done.WITHDRAWN):
            await commands.withdraw_listing(
                connection, owned.listing.id, form.value.answer, around.occasion(request)
            )
    return _back(key, Done.WITHDRAWN)


async def _done(request: Request, key: str, command: Command, done: Done) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        owned = await _owned(around, request, connection, key)
        try:
            with _unless(done):
                await command(connection, owned.listing.id, around.occasion(request))
        except DayPassed:
            return await _page(around, request, connection, owned, status=409)
    return _back(key, done)


@contextmanager
def _unless(done: Done) -> Iterator[None]:
    """Nothing is refused that is already done: the second of two clicks gets the first's page."""
    try:
        yield
    except NotPossibleNow as refusal:
        if refusal.status not in HOLDS[done]:
            raise


async def _owned(around: Surroundings, request: Request, connection: Connection, key: str) -> Owned:
    try:
        listing_id = UUID(key)
    except ValueError:
        return await _owned_by_link(around, request, connection, key)
    member = await require_member(request, connection)
    listing = await storage.listing(connection, listing_id)
    if listing is None or not member.acts_for(listing.organisation_id):
        raise Problem(404)
    return Owned(key=key, listing=listing)


async def _owned_by_link(
    around: Surroundings, request: Request, connection: Connection, token: str
) -> Owned:
    claims = await around.opened(request, connection, LinkPurpose.LISTING, token)
    await signed_in_member(request, connection)  # The header shows who is, the link says for whom.
    listing = await storage.listing(connection, claims.object_id)
    if listing is None or listing.organisation_id != claims.organisation_id:
        raise Problem(404)
    return Owned(key=token, listing=listing)


async def _page(
    around: Surroundings,
    request: Request,
    connection: Connection,
    owned: Owned,
    *,
    form: Form[Withdrawal] | None = None,
    done: Done | None = None,
    status: int = 200,
) -> Response:
    decisions = await moderation.decisions_about(connection, owned.listing.id)
    return around.render(
        request,
        "listing/own.html",
        status=422 if form else status,
        owned=owned,
        done=done,
        listing=owned.listing,
        decision=decisions[0] if decisions else None,
        appeal_to=around.settings.appeal_to,
        form=form or Form.empty(request, Withdrawal),
        answers=[(each.value, around.pages.text(request, label)) for each, label in ANSWERS],
        is_solved=bool(await solved.said_solved(connection, [owned.listing.id])),
        is_unreachable=await unreachable.pauses(connection, owned.listing.id),
        as_of=around.clock(),
        passed_days=passed_days(owned.listing.content, at=around.clock()),
        may=may,
        act=Act,
    )


def _back(key: str, done: Done) -> Response:
    return RedirectResponse(f"/my/listings/{key}?done={done}", status_code=303)
