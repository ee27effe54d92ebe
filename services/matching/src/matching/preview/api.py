"""Who would fit, as JSON, for the signed-in member's own browser."""

from functools import partial
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.language import language_of
from chassis.web.problem import Problem
from matching.desk import Desk
from matching.preview.draft import Draft
from matching.preview.fitters import Fitters, Fitting
from matching.preview.words import STRENGTHS, sentences
from schemas.match import Reasons
from schemas.vocabulary import ListingKind, Strength


class Counterpart(BaseModel):
    """One listing that would fit; an anonymous one names neither organisation nor place."""

    listing_id: UUID
    kind: ListingKind
    title: str
    organisation: str | None
    city: str | None
    strength: Strength | None
    strength_in_words: str
    reasons: Reasons
    reasons_in_words: tuple[str, ...]


class Preview(BaseModel):
    counterparts: tuple[Counterpart, ...]


class PreviewApi:
    def __init__(self, desk: Desk, *, fitters: Fitters) -> None:
        self._pages = desk.pages
        self._pool = desk.pool
        self._doorkeeper = desk.doorkeeper
        self._fitters = fitters

    async def preview(self, request: Request, draft: Draft, response: Response) -> Preview:
        """Say who would fit a draft: five counterparts at most, best first; nothing is stored."""
        if "authorization" in request.headers:
            # A bearer header exempts from the form's check; here only the session counts.
            raise Problem(401)
        async with self._pool.connection() as connection:
            member = await self._doorkeeper.require_member(request, connection)
        found = await self._fitters.fitting(draft, member)
        response.headers["Cache-Control"] = "no-store"
        return Preview(
            counterparts=tuple(self._counterpart(request, each, draft.kind) for each in found)
        )

    def _counterpart(self, request: Request, fitting: Fitting, own: ListingKind) -> Counterpart:
        listing, fit = fitting.listing, fitting.fit
        say = partial(self._pages.text, request)
        return Counterpart(
            listing_id=listing.listing_id,
            kind=listing.kind,
            title=listing.content.title,
            organisation=fitting.organisation,
            city=listing.city,
            strength=fit.strength,
            strength_in_words=say(STRENGTHS[fit.strength]),
            reasons=fit.reasons,
            reasons_in_words=sentences(fit.reasons, say, language_of(request), own=own),
        )


def preview_api_routes(api: PreviewApi) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["preview"])
    router.add_api_route("/preview", api.preview, methods=["POST"])
    return router
