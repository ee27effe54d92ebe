"""What the JSON API of listings answers: one shape for a listing, one for every refusal."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from chassis.database import Connection
from chassis.web.problem import Problem
from chassis.web.refusal import Refusal
from listings.listing import publication
from listings.listing.form_values import as_written
from listings.listing.forms import WrittenListing
from listings.listing.listing import Listing
from listings.surroundings import Surroundings
from schemas.public import PublicListing
from schemas.vocabulary import ListingStatus

WITH_TOKEN = [
    Security(HTTPBearer(auto_error=False, description="A personal API token of “My area”."))
]
IDEMPOTENCY_KEY: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "The same key gives the same answer and one listing.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        }
    ]
}


class ListingAnswer(BaseModel):
    """A listing with its id and status; the other fields are those that readers see."""

    id: UUID
    status: ListingStatus
    revision: int = Field(description="Rises with every change; also the ETag.")
    listing: PublicListing


class OwnListingAnswer(ListingAnswer):
    """What owners are told besides, and nobody else."""

    written: WrittenListing = Field(
        description="Every field as it was written last, as PUT takes it;"
        " an edit that waits for a moderator shows here only."
    )


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the description of a route says about its refusals."""
    said = {
        401: "No valid API token.",
        404: "No such listing of your organisations.",
        409: "Not possible in the listing's status, or while its Idempotency-Key is in use.",
        410: "What this Idempotency-Key once answered was erased.",
        412: "The listing changed since the revision of If-Match.",
        422: "A field is missing or impossible; `errors` names each with its remedy.",
    }
    content = {"application/problem+json": {"schema": {"type": "object"}}}
    return {status: {"description": said[status], "content": content} for status in statuses}


async def answer_about(
    around: Surroundings, connection: Connection, listing: Listing
) -> ListingAnswer:
    shown = await publication.shown_to_visitors(
        connection, listing, public_url=around.settings.public_url
    )
    return ListingAnswer(
        id=listing.id, status=listing.status, revision=listing.revision, listing=shown
    )


async def answer_to_owner(
    around: Surroundings, connection: Connection, listing: Listing
) -> OwnListingAnswer:
    answer = await answer_about(around, connection, listing)
    return OwnListingAnswer(**dict(answer), written=as_written(listing))


def etag(revision: int) -> str:
    return f'"{revision}"'


def as_response(answer: ListingAnswer, status: int = 200) -> Response:
    headers = {"ETag": etag(answer.revision), "Cache-Control": "no-store"}
    return JSONResponse(answer.model_dump(mode="json"), status, headers)


def refused(fields: Mapping[str, Refusal]) -> Problem:
    return Problem(422, errors=[(("body", name), each) for name, each in fields.items()])
