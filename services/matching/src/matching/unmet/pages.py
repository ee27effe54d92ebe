"""The brokers' pages: what is unmet, what was tried, and whom to ask with one question."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.cause import Cause
from chassis.web.forms import Form
from chassis.web.language import LANGUAGES
from chassis.web.problem import Problem
from chassis.web.text import PlainProse
from chassis.web.translation import mark
from matching.decline_words import REASONS
from matching.desk import Desk
from matching.enquiries import asking_again, commands
from matching.enquiries.commands import Approval, RequestNoLongerUnmet
from matching.enquiries.words import ANSWERS, OBSTACLES, UNREACHED
from matching.unmet import queries, storage
from matching.unmet.overflow import planned_for
from matching.unmet.patience import Patience
from matching.unmet.queries import UnmetShown
from matching.unmet.words import KINDS, SIZES
from schemas.vocabulary import Role

ON_A_PAGE = 10
QUESTION = mark(
    "Guten Tag, über die Kooperationsbörse wird gesucht: „{title}“. "
    "Könnten Sie das liefern oder leisten?"
)
Page = Annotated[int, Query(ge=1, le=10_000)]
Count = Annotated[int | None, Query(ge=0, le=1_000)]


class EnquiryForm(BaseModel):
    organisation_ids: tuple[UUID, ...] = Field(default=(), title="Wen Sie fragen", max_length=50)
    question: PlainProse = Field(title="Ihre Frage", min_length=10, max_length=1000)


class UnmetPages:
    """Lists unmet requests; a request's own page takes the broker's decision."""

    def __init__(self, desk: Desk, *, patience: Patience) -> None:
        self._patience = patience
        self._pages = desk.pages
        self._pool = desk.pool
        self._clock = desk.clock
        self._doorkeeper = desk.doorkeeper

    async def list(self, request: Request, page: Page = 1) -> Response:
        async with self._pool.transaction() as connection:
            await self._doorkeeper.require_role(request, connection, Role.BROKER)
            now = self._clock()
            total = await storage.count_unmet(connection, now=now)
            page_count = max(-(-total // ON_A_PAGE), 1)
            page = min(page, page_count)
            found = await queries.unmet_requests(
                connection, now=now, limit=ON_A_PAGE, offset=(page - 1) * ON_A_PAGE
            )
        return self._pages.render(
            request,
            "unmet_list.html",
            found=found,
            total=total,
            page=page,
            page_count=page_count,
            as_of=now,
        )

    async def show(
        self, request: Request, request_id: UUID, asked: Count = None, chosen: Count = None
    ) -> Response:
        """Shows one unmet request; ``asked`` of ``chosen`` firms is what an approval just did."""
        shown = await self._shown(request, request_id)
        question = self._question(shown.request.content.title)
        form = Form.empty(request, EnquiryForm, question=question)
        return self._render(request, shown, form, asked=asked, chosen=chosen)

    async def approve(self, request: Request, request_id: UUID) -> Response:
        form = _with_choice(await Form.read(request, EnquiryForm))
        if form.value is None:
            shown = await self._shown(request, request_id)
            return self._render(request, shown, form, status=422)
        async with self._pool.transaction() as connection:
            broker = await self._doorkeeper.require_role(request, connection, Role.BROKER)
            approval = Approval(
                request_id=request_id,
                organisation_ids=form.value.organisation_ids,
                question=form.value.question,
                broker_id=broker.member_id,
            )
            try:
                asked = await commands.approve_enquiries(
                    connection, approval, at=self._clock(), cause=_cause(request)
                )
            except RequestNoLongerUnmet:
                raise _over() from None
        return self._after(request_id, asked=asked, chosen=len(set(approval.organisation_ids)))

    async def ask_again(
        self, request: Request, request_id: UUID, organisation_id: UUID
    ) -> Response:
        async with self._pool.transaction() as connection:
            await self._doorkeeper.require_role(request, connection, Role.BROKER)
            try:
                asked = await asking_again.ask_again(
                    connection,
                    request_id,
                    organisation_id,
                    at=self._clock(),
                    cause=_cause(request),
                )
            except RequestNoLongerUnmet:
                raise _over() from None
        return self._after(request_id, asked=int(asked), chosen=1)

    def _after(self, request_id: UUID, *, asked: int, chosen: int) -> Response:
        page = self._pages.url(f"/unmet/{request_id}")
        outcome = urlencode({"asked": asked, "chosen": chosen})
        return RedirectResponse(f"{page}?{outcome}", status_code=303)

    def _question(self, title: str) -> str:
        """In every language: one text goes to all firms, and what each of them reads varies."""
        say = self._pages.catalogue.sentence
        return "\n\n".join(say(language, QUESTION, {"title": title}) for language in LANGUAGES)

    async def _shown(self, request: Request, request_id: UUID) -> UnmetShown:
        async with self._pool.transaction() as connection:
            await self._doorkeeper.require_role(request, connection, Role.BROKER)
            shown = await queries.unmet_request(connection, request_id, now=self._clock())
        if shown is None:
            raise _over()
        return shown

    def _render(
        self,
        request: Request,
        shown: UnmetShown,
        form: Form[EnquiryForm],
        *,
        status: int = 200,
        asked: int | None = None,
        chosen: int | None = None,
    ) -> Response:
        now, content = self._clock(), shown.request.content
        return self._pages.render(
            request,
            "unmet.html",
            status=status,
            shown=shown,
            form=form,
            asked=asked,
            chosen=chosen,
            as_of=now,
            planned=planned_for(shown.unmet, content, self._patience, now=now),
            kinds=KINDS,
            sizes=SIZES,
            obstacles=OBSTACLES,
            answers=ANSWERS,
            unreached_said=UNREACHED,
            reasons_said=REASONS,
        )


def _with_choice(form: Form[EnquiryForm]) -> Form[EnquiryForm]:
    if form.value is None or form.value.organisation_ids:
        return form
    return form.refused(
        "organisation_ids",
        mark("Sie haben noch keine Organisation ausgewählt."),
        mark("Setzen Sie mindestens ein Häkchen."),
    )


def _cause(request: Request) -> Cause:
    state = request.state
    return Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)


def _over() -> Problem:
    return Problem(
        404,
        mark("Das Gesuch wurde beendet, ruht, oder es gibt es nicht."),
        title=mark("Dieses Gesuch wartet nicht mehr"),
        remedy=mark("In der Liste der offenen Gesuche steht, was noch wartet."),
    )


def unmet_routes(page: UnmetPages) -> APIRouter:
    router = APIRouter(prefix="/unmet", include_in_schema=False)
    router.add_api_route("", page.list, methods=["GET"])
    router.add_api_route("/{request_id}", page.show, methods=["GET"])
    router.add_api_route("/{request_id}", page.approve, methods=["POST"])
    router.add_api_route("/{request_id}/again/{organisation_id}", page.ask_again, methods=["POST"])
    return router
