"""Listings as JSON: read by everybody, posted with a personal API token."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from chassis.database import Connection
from chassis.web.idempotency import Answer, answer_once
from chassis.web.problem import Problem
from chassis.web.refusal import Refusal
from chassis.web.text import composed
from chassis.web.translation import mark
from listings.access import SignedIn, require_member, signed_in_member
from listings.listing import commands, search, showing, storage
from listings.listing.api_answers import (
    IDEMPOTENCY_KEY,
    WITH_TOKEN,
    ListingAnswer,
    OwnListingAnswer,
    answer_about,
    answer_to_owner,
    as_response,
    etag,
    refusals,
    refused,
)
from listings.listing.forms import ListingRefused, WrittenListing, content_of
from listings.listing.told_at_once import ToldAtOnce
from listings.surroundings import Surroundings
from schemas.vocabulary import ListingKind

ORGANISATION_MISSING = Refusal(
    detail=mark("„{label}“ fehlt: Sie sprechen für mehrere Organisationen oder für keine."),
    remedy=mark("Nennen Sie die Kennung einer Ihrer Organisationen."),
)
FOREIGN_ORGANISATION = Refusal(
    detail=mark("Für diese Organisation dürfen Sie nichts einstellen."),
    remedy=mark("Nennen Sie die Kennung einer Ihrer Organisationen."),
)
LAST_PAGE = 1000

router = APIRouter(prefix="/api/v1", tags=["listings"], route_class=ToldAtOnce)


class NewListing(WrittenListing):
    """A listing to be published or, of an organisation's first, to be checked."""

    organisation_id: UUID | None = Field(
        default=None, description="May be left out by who acts for one organisation only."
    )


class ListingsAnswer(BaseModel):
    total: int
    page: int
    pages: int
    listings: tuple[ListingAnswer, ...]


@router.get("/listings", responses=refusals(422))
async def listings(
    request: Request,
    q: Annotated[str, Query(max_length=100)] = "",
    kind: ListingKind | None = None,
    category: Annotated[str | None, Query(max_length=60)] = None,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> ListingsAnswer:
    """Published listings, the best match or the latest first."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        asked = search.Search(
            text=composed(q),
            kind=kind,
            category=category,
            sees_cluster=showing.sees_cluster(reader),
            page=page,
        )
        found = await search.found(connection, asked)
        known = await showing.with_organisations(connection, found.listings)
        answers = [await answer_about(around, connection, each) for each, _ in known]
    return ListingsAnswer(
        total=found.total, page=found.page, pages=found.pages, listings=tuple(answers)
    )


@router.get(
    "/listings/{listing_id}",
    response_model=OwnListingAnswer | ListingAnswer,
    responses=refusals(404, 422),
)
async def listing(request: Request, listing_id: UUID) -> Response:
    """One listing; its owner sees it in every status, and `written` besides."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        found = await storage.listing(connection, listing_id)
        if found is None or not showing.may_see(found, reader):
            raise Problem(404)
        is_own = reader is not None and reader.acts_for(found.organisation_id)
        answer = answer_to_owner if is_own else answer_about
        return as_response(await answer(around, connection, found))


@router.post(
    "/listings",
    status_code=201,
    response_model=OwnListingAnswer,
    responses=refusals(401, 409, 410, 422),
    dependencies=WITH_TOKEN,
    openapi_extra=IDEMPOTENCY_KEY,
)
async def post_listing(request: Request, written: NewListing) -> Response:
    """Post a listing; the same Idempotency-Key gives the same answer and one listing."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        author = await require_member(request, connection)

        async def command() -> Answer:
            return await _posted(around, request, connection, author, written)

        return await answer_once(connection, request, command, actor=author.member_id)


async def _posted(
    around: Surroundings,
    request: Request,
    connection: Connection,
    author: SignedIn,
    written: NewListing,
) -> Answer:
    occasion = around.occasion(request)
    try:
        organisation_id = _organisation_of(written, author)
        content = content_of(written, categories=around.categories, now=occasion.now)
    except ListingRefused as impossible:
        raise refused(impossible.refusals) from None
    draft = await commands.draft_listing(
        connection,
        content,
        organisation_id=organisation_id,
        member_id=author.member_id,
        now=occasion.now,
    )
    posted = await commands.submit_listing(connection, draft.id, occasion)
    answer = await answer_to_owner(around, connection, posted)
    return Answer(
        status=201,
        body=answer.model_dump(mode="json"),
        headers={
            "Location": f"/api/v1/listings/{posted.id}",
            "ETag": etag(posted.revision),
        },
        subjects=(author.member_id, organisation_id),
    )


def _organisation_of(written: NewListing, author: SignedIn) -> UUID:
    own = [organisation.id for organisation in author.organisations]
    if written.organisation_id is None and len(own) == 1:
        return own[0]
    if written.organisation_id is None:
        raise ListingRefused({"organisation_id": ORGANISATION_MISSING})
    if written.organisation_id not in own:
        raise ListingRefused({"organisation_id": FOREIGN_ORGANISATION})
    return written.organisation_id
