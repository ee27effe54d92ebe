"""The page behind a proposal's link: GET shows both listings and why, POST takes the answer."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.cause import Cause
from chassis.database import Connection
from chassis.signing import LinkSigner
from chassis.web.forms import Form
from chassis.web.translation import mark
from matching import commands
from matching.decline_words import REASONS
from matching.desk import Desk
from matching.links import claims_in, contact_form_link, link_expired, proposal_over
from matching.proposal import GivenAnswer, ProposalWithdrawn, UnknownProposal, other
from matching.queries import ProposalShown, proposal_behind
from schemas.claims import LinkClaims
from schemas.vocabulary import Answer, DeclineReason


class AnswerForm(BaseModel):
    """A reason belongs to "not for us" only; beside interest it is passed over."""

    answer: Answer = Field(title="Ihre Antwort")
    reason: DeclineReason | None = Field(default=None, title="Woran es liegt")

    @property
    def lacks_reason(self) -> bool:
        return self.answer is Answer.NOT_FOR_US and self.reason is None

    @property
    def given(self) -> GivenAnswer:
        reason = self.reason if self.answer is Answer.NOT_FOR_US else None
        return GivenAnswer(answer=self.answer, reason=reason)


class ProposalPage:
    """Shows one proposal to one side and takes that side's answer."""

    def __init__(self, desk: Desk, *, signer: LinkSigner, contact_signer: LinkSigner) -> None:
        self._desk = desk
        self._pages = desk.pages
        self._pool = desk.pool
        self._clock = desk.clock
        self._doorkeeper = desk.doorkeeper
        self._signer = signer
        self._contact_signer = contact_signer

    async def show(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        return await self._render(request, claims, form=Form.empty(request, AnswerForm))

    async def answer(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        form = await Form.read(request, AnswerForm)
        if form.value is not None and form.value.lacks_reason:
            form = form.refused(
                "reason",
                mark("Wir wissen noch nicht, warum es nicht passt."),
                mark("Wählen Sie einen Grund aus, damit die nächsten Vorschläge besser werden."),
            )
        if form.value is None:
            return await self._render(request, claims, form=form, status=422)
        shown = await self._keep(request, claims, form.value.given)
        return RedirectResponse(self._onward(token, claims, shown, form.value), status_code=303)

    async def _claims(self, request: Request, token: str) -> LinkClaims:
        claims = claims_in(token, signer=self._signer)
        await self._desk.refuse_late(request, claims, link_expired())
        return claims

    async def _keep(
        self, request: Request, claims: LinkClaims, given: GivenAnswer
    ) -> ProposalShown:
        state = request.state
        cause = Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)
        async with self._pool.transaction() as connection:
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            shown = await _open_proposal(connection, claims)
            try:
                await commands.answer_proposal(
                    connection,
                    claims.object_id,
                    given,
                    organisation_id=claims.organisation_id,
                    member_id=claims.member_id,
                    at=self._clock(),
                    cause=cause,
                )
            except (UnknownProposal, ProposalWithdrawn):
                raise proposal_over() from None
        return shown

    def _onward(
        self, token: str, claims: LinkClaims, shown: ProposalShown, form: AnswerForm
    ) -> str:
        if form.answer is not Answer.INTERESTED:
            return self._pages.url(f"/proposals/{token}")
        counterpart = shown.proposal.listing_on(other(shown.side))
        return contact_form_link(
            claims, counterpart, signer=self._contact_signer, now=self._clock()
        )

    async def _render(
        self, request: Request, claims: LinkClaims, *, form: Form[AnswerForm], status: int = 200
    ) -> Response:
        async with self._pool.transaction() as connection:
            await self._doorkeeper.member(request, connection)
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            shown = await _open_proposal(connection, claims)
        choices = [
            (reason.value, self._pages.text(request, said)) for reason, said in REASONS.items()
        ]
        return self._pages.render(
            request,
            "proposal.html",
            status=status,
            shown=shown,
            form=form,
            reasons=REASONS,
            choices=choices,
        )


async def _open_proposal(connection: Connection, claims: LinkClaims) -> ProposalShown:
    shown = await proposal_behind(connection, claims)
    if shown is None:
        raise proposal_over()
    return shown


def proposal_routes(page: ProposalPage) -> APIRouter:
    router = APIRouter(prefix="/proposals", include_in_schema=False)
    router.add_api_route("/{token}", page.show, methods=["GET"])
    router.add_api_route("/{token}", page.answer, methods=["POST"])
    return router
