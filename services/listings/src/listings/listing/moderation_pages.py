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
from listings.access import SignedIn, require_role
from listings.listing import moderation, review, showing, storage
from listings.listing.days import NeedPassed, is_need_over
from listings.listing.moderation import Verdict
from listings.listing.review import ChangedMeanwhile
from listings.listing.unreachable import unreachable_organisations
from listings.surroundings import Surroundings
from schemas.vocabulary import RejectionReason, Role

router = APIRouter(include_in_schema=False)


class Reading(BaseModel):
    """`revision` is that of the page with the buttons: what was read, and is decided about."""

    revision: int = 0


class Rejection(Reading):
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
        moderator = await require_role(request, connection, Role.MODERATOR)
        form = Form.empty(request, Rejection)
        return await _page(request, connection, moderator, listing_id, form)


@router.post("/moderation/{listing_id:uuid}/release")
async def release(request: Request, listing_id: UUID) -> Response:
    """Publish it, and trust its organisation from now on."""
    around = Surroundings.of(request)
    reading = (await Form.read(request, Reading)).value or Reading()
    async with around.pool.transaction() as connection:
        moderator = await require_role(request, connection, Role.MODERATOR)
        try:
            await review.release_listing(
                connection,
                listing_id,
                read=reading.revision,
                moderator_id=moderator.member_id,
                occasion=around.occasion(request),
            )
        except (ChangedMeanwhile, NeedPassed) as refusal:
            if not await review.is_decided_so(
                connection, listing_id, Verdict.RELEASED, by=moderator.member_id
            ):
                form = Form.empty(request, Rejection)
                return await _page(
                    request, connection, moderator, listing_id, form, refusal=refusal
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
            return await _page(request, connection, moderator, listing_id, form)
        try:
            await review.reject_listing(
                connection,
                listing_id,
                form.value.reason,
                read=form.value.revision,
                rule=form.value.rule,
                appeal_to=around.settings.appeal_to,
                moderator_id=moderator.member_id,
                occasion=around.occasion(request),
            )
        except ChangedMeanwhile as refusal:
            if not await review.is_decided_so(
                connection,
                listing_id,
                Verdict.REJECTED,
                by=moderator.member_id,
                reason=form.value.reason,
                rule=form.value.rule,
            ):
                return await _page(
                    request, connection, moderator, listing_id, form, refusal=refusal
                )
    return RedirectResponse("/moderation?done=rejected", status_code=303)


async def _page(
    request: Request,
    connection: Connection,
    moderator: SignedIn,
    listing_id: UUID,
    form: Form[Rejection],
    *,
    refusal: Exception | None = None,
) -> Response:
    around = Surroundings.of(request)
    listing = await storage.listing(connection, listing_id)
    if listing is None:
        raise Problem(404)
    is_stale = form.is_refused and form.field("revision").value != str(listing.revision)
    is_changed = is_stale or isinstance(refusal, ChangedMeanwhile)
    return around.render(
        request,
        "listing/case.html",
        status=409 if is_changed or refusal else 422 if form.is_refused else 200,
        card=await showing.shown_to(connection, listing, moderator),
        content=listing.latest,
        is_changed=is_changed,
        is_need_over=is_need_over(listing.latest, at=around.clock()),
        decisions=await moderation.decisions_about(connection, listing_id),
        form=form,
        reasons=around.choices(request, RejectionReason),
        appeal_to=around.settings.appeal_to,
    )
