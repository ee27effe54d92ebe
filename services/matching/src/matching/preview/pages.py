"""Who would fit, as a page of its own or, with `?part=1`, as a part of the listing form's page."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.forms import Form
from chassis.web.language import language_of
from matching.desk import Desk
from matching.preview.draft import Draft
from matching.preview.fitters import Fitters
from matching.preview.words import STRENGTHS, sentences
from schemas.match import Reasons
from schemas.vocabulary import ListingKind

Part = Annotated[bool, Query()]


class PreviewPage:
    """Takes the listing form as it stands; closing the page leaves the form as it was."""

    def __init__(self, desk: Desk, *, fitters: Fitters) -> None:
        self._pages = desk.pages
        self._pool = desk.pool
        self._doorkeeper = desk.doorkeeper
        self._fitters = fitters

    async def show(self, request: Request, part: Part = False) -> Response:  # noqa: FBT002
        async with self._pool.connection() as connection:
            member = await self._doorkeeper.require_member(request, connection)
        form = await Form.read(request, Draft)
        template = "preview_part.html" if part else "preview.html"
        status = 200 if form.value is not None else 422
        draft = form.value
        found = () if draft is None else await self._fitters.fitting(draft, member)

        own = ListingKind.REQUEST if draft is None else draft.kind

        def said(reasons: Reasons) -> tuple[str, ...]:
            say = partial(self._pages.text, request)
            return sentences(reasons, say, language_of(request), own=own)

        return self._pages.render(
            request,
            template,
            status=status,
            form=form,
            found=found,
            strengths=STRENGTHS,
            sentences=said,
        )


def preview_routes(page: PreviewPage) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/preview", page.show, methods=["POST"])
    return router
