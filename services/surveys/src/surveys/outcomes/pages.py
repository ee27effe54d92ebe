"""The page behind the question's link: GET shows, one tap answers, "nothing" is asked why."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.cause import Cause
from chassis.database import Pool
from chassis.signing import LinkSigner
from chassis.sweeps import Clock
from chassis.web.forms import Form
from chassis.web.pages import Pages
from schemas.claims import LinkClaims
from schemas.vocabulary import NothingReason, Outcome
from surveys.outcomes import commands, queries
from surveys.outcomes.links import claims_in, question_over
from surveys.outcomes.question import GivenAnswer, NotAsked, QuestionClosed, Stage
from surveys.outcomes.words import OUTCOMES, REASONS


class AnswerForm(BaseModel):
    """A reason belongs to "nothing" only; beside another answer it is passed over."""

    outcome: Outcome = Field(title="Ihre Antwort")
    reason: NothingReason | None = Field(default=None, title="Woran es lag")

    @property
    def lacks_reason(self) -> bool:
        return self.outcome is Outcome.NOTHING and self.reason is None

    @property
    def answer(self) -> GivenAnswer:
        reason = self.reason if self.outcome is Outcome.NOTHING else None
        return GivenAnswer(outcome=self.outcome, reason=reason)


class OutcomePage:
    """Shows one question and takes its answer, for as long as it is open."""

    def __init__(self, pages: Pages, *, pool: Pool, signer: LinkSigner, clock: Clock) -> None:
        self._pages = pages
        self._pool = pool
        self._signer = signer
        self._clock = clock

    async def show(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        form = Form.empty(request, AnswerForm)
        return await self._render(request, claims, form=form)

    async def answer(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        form = await Form.read(request, AnswerForm)
        if form.value is None:
            return await self._render(request, claims, form=form, status=422)
        if form.value.lacks_reason:
            return await self._render(request, claims, form=form, asks_why=True)
        await self._report(request, claims, form.value.answer)
        return RedirectResponse(self._pages.url(f"/outcomes/{token}"), status_code=303)

    async def _claims(self, request: Request, token: str) -> LinkClaims:
        """Whoever came by a mail reads on in its language, also that the link is too old."""
        claims = claims_in(token, signer=self._signer)
        async with self._pool.transaction() as connection:
            request.state.language = await queries.language_of(connection, claims)
        if claims.expires_at <= self._clock():
            raise question_over()
        return claims

    async def _report(self, request: Request, claims: LinkClaims, answer: GivenAnswer) -> None:
        state = request.state
        cause = Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)
        async with self._pool.transaction() as connection:
            if await queries.question_behind(connection, claims) is None:
                raise question_over()
            try:
                await commands.report_outcome(
                    connection, claims.object_id, answer, now=self._clock(), cause=cause
                )
            except (NotAsked, QuestionClosed, commands.UnknownQuestion):
                raise question_over() from None

    async def _render(
        self,
        request: Request,
        claims: LinkClaims,
        *,
        form: Form[AnswerForm],
        status: int = 200,
        asks_why: bool = False,
    ) -> Response:
        async with self._pool.transaction() as connection:
            shown = await queries.question_behind(connection, claims)
        stage = shown.question.stage(self._clock()) if shown else Stage.CLOSED
        if shown is None or (stage is Stage.CLOSED and shown.question.answer is None):
            raise question_over()
        return self._pages.render(
            request,
            "outcome.html",
            status=status,
            shown=shown,
            form=form,
            asks_why=asks_why,
            can_answer=stage is not Stage.CLOSED,
            changing="change" in request.query_params or form.is_refused or asks_why,
            outcomes=OUTCOMES,
            reasons=REASONS,
        )


def outcome_routes(page: OutcomePage) -> APIRouter:
    router = APIRouter(prefix="/outcomes", include_in_schema=False)
    router.add_api_route("/{token}", page.show, methods=["GET"])
    router.add_api_route("/{token}", page.answer, methods=["POST"])
    return router
