"""An owner's listings and what can be done with them; reached signed in or by a mail's link."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.web.forms import Form
from chassis.web.translation import mark
from listings.access import require_member
from listings.listing import commands, moderation, solved, storage, unreachable
from listings.listing.days import DayPassed, passed_days
from listings.listing.done import HOLDS, Done, still_done
from listings.listing.life_cycle import Act, NotPossibleNow, may
from listings.listing.listing import Listing
from listings.listing.occasion import Occasion
from listings.listing.owned import Owned, owned_behind
from listings.members.registration_storage import verified_of_member
from listings.surroundings import Surroundings
from schemas.vocabulary import ClosingAnswer, ListingStatus

Command = Callable[[Connection, UUID, Occasion], Awaitable[Listing]]
ANSWERS = (
    (ClosingAnswer.FOUND_HERE, mark("Wir haben hier jemanden gefunden")),
    (ClosingAnswer.FOUND_ELSEWHERE, mark("Wir haben es anderswo gelöst")),
    (ClosingAnswer.NO_LONGER_NEEDED, mark("Es wird nicht mehr gebraucht")),
)


class Withdrawal(BaseModel):
    answer: ClosingAnswer | None = Field(default=None, title=mark("Warum beenden Sie den Eintrag?"))


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
        owned = await owned_behind(around, request, connection, key)
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
        owned = await owned_behind(around, request, connection, key)
        if form.value is None:
            return await _page(around, request, connection, owned, form=form)
        if _ended_otherwise(owned.listing, form.value.answer):
            return RedirectResponse(f"/my/listings/{key}", status_code=303)
        with _unless(Done.WITHDRAWN):
            await commands.withdraw_listing(
                connection, owned.listing.id, form.value.answer, around.occasion(request)
            )
    return _back(key, Done.WITHDRAWN)


@router.get("/my/listings/{key}/confirm")
@router.get("/my/listings/{key}/pause")
@router.get("/my/listings/{key}/resume")
@router.get("/my/listings/{key}/submit")
@router.get("/my/listings/{key}/withdraw")
async def back_to_listing(request: Request, key: str) -> Response:
    """Where the language links of a refusal lead: they are opened by GET."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/my/listings/{key}{query}", status_code=303)


async def _done(request: Request, key: str, command: Command, done: Done) -> Response:
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        owned = await owned_behind(around, request, connection, key)
        try:
            with _unless(done):
                await command(connection, owned.listing.id, around.occasion(request))
        except (DayPassed, NotPossibleNow) as refusal:
            listing = await commands.locked(connection, owned.listing.id)
            owned = replace(owned, listing=listing)
            return await _page(around, request, connection, owned, refusal=refusal)
    return _back(key, done)


@contextmanager
def _unless(done: Done) -> Iterator[None]:
    """Nothing is refused that is already done: the second of two clicks gets the first's page."""
    try:
        yield
    except NotPossibleNow as refusal:
        if refusal.status not in HOLDS[done]:
            raise


def _ended_otherwise(listing: Listing, answer: ClosingAnswer | None) -> bool:
    """Nobody is thanked for an answer that is not kept."""
    is_closed = listing.status is ListingStatus.CLOSED
    return is_closed and listing.closing_reason is not commands.closing_reason(answer)


async def _page(
    around: Surroundings,
    request: Request,
    connection: Connection,
    owned: Owned,
    *,
    form: Form[Withdrawal] | None = None,
    done: Done | None = None,
    refusal: DayPassed | NotPossibleNow | None = None,
) -> Response:
    decisions = await moderation.decisions_about(connection, owned.listing.id)
    return around.render(
        request,
        "listing/own.html",
        status=422 if form else 409 if refusal else 200,
        is_too_late=isinstance(refusal, NotPossibleNow),
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
