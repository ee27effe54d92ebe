"""An owner's listing as JSON: changed, confirmed and ended with a personal API token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from chassis.database import Connection
from chassis.web.problem import Problem
from chassis.web.refusal import Refusal
from chassis.web.translation import mark
from listings.access import require_member
from listings.listing import commands, storage
from listings.listing.api_answers import (
    WITH_TOKEN,
    OwnListingAnswer,
    answer_to_owner,
    as_response,
    etag,
    refusals,
    refused,
)
from listings.listing.done import HOLDS, Done
from listings.listing.form_values import changed_as
from listings.listing.forms import ListingRefused, WrittenListing, content_of
from listings.listing.impossible import KIND_STAYS
from listings.listing.life_cycle import Act, NotPossibleNow, may
from listings.listing.listing import Listing
from listings.listing.told_at_once import ToldAtOnce, changes_kind
from listings.surroundings import Surroundings
from schemas.listing import ListingContent
from schemas.vocabulary import ClosingAnswer, ListingStatus

STALE = mark("Der Eintrag wurde inzwischen geändert.")
READ_AGAIN = mark("Lesen Sie ihn noch einmal und ändern Sie den neuen Stand.")


class ToldOfAChange(ToldAtOnce):
    """What is absent stays, so the rest must fit to it."""

    async def changed(self, request: Request) -> Listing:
        async with Surroundings.of(request).pool.transaction() as connection:
            return await _require_owner(
                request, connection, UUID(request.path_params["listing_id"])
            )


router = APIRouter(prefix="/api/v1", tags=["listings"], dependencies=WITH_TOKEN)
changes = APIRouter(route_class=ToldOfAChange)


class Withdrawal(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: ClosingAnswer | None = Field(
        default=None, description="Found here counts as fulfilled; may be left out."
    )


@changes.put(
    "/listings/{listing_id}",
    response_model=OwnListingAnswer,
    responses=refusals(401, 404, 409, 412, 422)
    | {202: {"model": OwnListingAnswer, "description": "The new text waits for a moderator."}},
)
async def change_listing(
    request: Request,
    listing_id: UUID,
    written: WrittenListing,
    if_match: Annotated[str | None, Header(description="The ETag that was read.")] = None,
) -> Response:
    """Change a listing: what is absent stays, null or an empty list takes it away.

    Narrowing the visibility ends the listing and answers with a new one.
    """
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        listing = await _own(request, connection, listing_id)
        if if_match not in (None, "*", etag(listing.revision)):
            raise Problem(412, STALE, remedy=READ_AGAIN)
        content = _content(around, listing, written)
        changed = await _changed(around, request, connection, listing, content)
        answer = await answer_to_owner(around, connection, changed)
    return as_response(answer, 202 if changed.awaits_moderator else 200)


router.include_router(changes)


@router.post(
    "/listings/{listing_id}/confirm",
    response_model=OwnListingAnswer,
    responses=refusals(401, 404, 409, 422),
)
async def confirm(request: Request, listing_id: UUID) -> Response:
    """Say that a listing of one's own is still valid."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        await _require_owner(request, connection, listing_id)
        confirmed = await commands.confirm_listing(connection, listing_id, around.occasion(request))
        answer = await answer_to_owner(around, connection, confirmed)
    return as_response(answer)


@router.post(
    "/listings/{listing_id}/withdraw",
    response_model=OwnListingAnswer,
    responses=refusals(401, 404, 409, 422),
)
async def withdraw(request: Request, listing_id: UUID, withdrawal: Withdrawal) -> Response:
    """End a listing of one's own, saying why."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        listing = await _own(request, connection, listing_id)
        # Whoever lost the first answer asks again, and gets it.
        if listing.status not in HOLDS[Done.WITHDRAWN]:
            listing = await commands.withdraw_listing(
                connection, listing.id, withdrawal.answer, around.occasion(request)
            )
        answer = await answer_to_owner(around, connection, listing)
    return as_response(answer)


async def _own(request: Request, connection: Connection, listing_id: UUID) -> Listing:
    """The listing, locked, so that the revision that was compared is the one that changes."""
    await _require_owner(request, connection, listing_id)
    return await commands.locked(connection, listing_id)


async def _require_owner(request: Request, connection: Connection, listing_id: UUID) -> Listing:
    """Refuse whoever does not act for the listing's organisation, which stays the same."""
    author = await require_member(request, connection)
    listing = await storage.listing(connection, listing_id)
    if listing is None or not author.acts_for(listing.organisation_id):
        raise Problem(404)
    return listing


def _content(around: Surroundings, listing: Listing, written: WrittenListing) -> ListingContent:
    if listing.status is ListingStatus.CLOSED:
        raise NotPossibleNow(listing.status, Act.SUBMIT)
    whole, refusals = changed_as(written, listing), dict[str, Refusal]()
    if changes_kind(listing, written.kind):
        whole = whole.model_copy(update={"kind": listing.content.kind})
        refusals["kind"] = KIND_STAYS
    try:
        content = content_of(
            whole, categories=around.categories, now=around.clock(), before=listing
        )
    except ListingRefused as refusal:
        raise refused({**refusals, **refusal.refusals}) from None
    if refusals:
        raise refused(refusals)
    return content


async def _changed(
    around: Surroundings,
    request: Request,
    connection: Connection,
    listing: Listing,
    content: ListingContent,
) -> Listing:
    says_the_same = content == (listing.pending or listing.content)
    if says_the_same and not may(listing.status, Act.SUBMIT):
        return listing
    occasion = around.occasion(request)
    changed = await commands.revise_listing(connection, listing.id, content, occasion)
    if may(changed.status, Act.SUBMIT):
        return await commands.submit_listing(connection, changed.id, occasion)
    return changed
