"""The moderators' queue: what waits, and the decision about one listing or edit."""

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
from listings.access import require_role
from listings.listing import moderation, review, showing, storage
from listings.listing.unreachable import unreachable_organisations
from listings.surroundings import Surroundings
from schemas.vocabulary import RejectionReason, Role

router = APIRouter(include_in_schema=False)


class Rejection(BaseModel):
    reason: RejectionReason = Field(title=mark("Grund"))
    rule: PlainProse = Field(
        title=mark("Welche Regel gilt, in einem Satz"), min_length=10, max_length=1000
    )


@router.get("/moderation")
async def queue(request: Request) -> Response:
    """Everything that waits for a decision, the longest first."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_role(request, connection, Role.MODERATOR)
        waiting = await storage.awaiting_moderator(connection)
        cards = await showing.shown_to_insiders(connection, waiting)
        silent = await unreachable_organisations(connection)
    return around.render(request, "listing/moderation.html", cards=cards, silent=silent)


@router.get("/moderation/{listing_id:uuid}")
async def case(request: Request, listing_id: UUID) -> Response:
    """One listing with its ledger and the two decisions."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await require_role(request, connection, Role.MODERATOR)
        return await _page(request, connection, listing_id, Form.empty(request, Rejection))


@router.post("/moderation/{listing_id:uuid}/release")
async def release(request: Request, listing_id: UUID) -> Response:
    """Publish it, and trust its organisation from now on."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        moderator = await require_role(request, connection, Role.MODERATOR)
        await review.release_listing(
            connection,
            listing_id,
            moderator_id=moderator.member_id,
            occasion=around.occasion(request),
        )
    return RedirectResponse("/moderation?done=released", status_code=303)


@router.post("/moderation/{listing_id:uuid}/reject")
async def reject(request: Request, listing_id: UUID) -> Response:
    """Refuse it, with the reason and the rule."""
    around = Surroundings.of(request)
    form = await Form.read(request, Rejection)
    async with around.pool.transaction() as connection:
        moderator = await require_role(request, connection, Role.MODERATOR)
        if form.value is None:
            return await _page(request, connection, listing_id, form)
        await review.reject_listing(
            connection,
            listing_id,
            form.value.reason,
            rule=form.value.rule,
            appeal_to=around.settings.appeal_to,
            moderator_id=moderator.member_id,
            occasion=around.occasion(request),
        )
    return RedirectResponse("/moderation?done=rejected", status_code=303)


async def _page(
    request: Request, connection: Connection, listing_id: UUID, form: Form[Rejection]
) -> Response:
    around = Surroundings.of(request)
    listing = await storage.listing(connection, listing_id)
    if listing is None:
        raise Problem(404)
    (card,) = await showing.shown_to_insiders(connection, [listing])
    return around.render(
        request,
        "listing/case.html",
        status=422 if form.is_refused else 200,
        card=card,
        content=listing.pending or listing.content,
        decisions=await moderation.decisions_about(connection, listing_id),
        form=form,
        reasons=around.choices(request, RejectionReason),
        appeal_to=around.settings.appeal_to,
    )
