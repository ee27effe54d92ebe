"""The page behind an enquiry's link: GET shows request and question, POST takes the answer."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.cause import Cause
from chassis.database import Connection
from chassis.signing import LinkSigner
from chassis.web.forms import Form
from chassis.web.text import PlainProse
from matching.desk import Desk
from matching.enquiries import commands
from matching.enquiries.enquiry import EnquiryOver, GivenEnquiryAnswer, UnknownEnquiry
from matching.enquiries.links import enquiry_claims_in, enquiry_over, offer_draft_link
from matching.enquiries.queries import EnquiryShown, enquiry_behind
from matching.enquiries.words import ANSWERS
from schemas.claims import LinkClaims
from schemas.vocabulary import EnquiryAnswer


class EnquiryAnswerForm(BaseModel):
    """A note belongs to a yes or a no; with "never ask again" nobody would read it."""

    answer: EnquiryAnswer = Field(title="Ihre Antwort")
    note: PlainProse = Field(default="", title="Möchten Sie etwas dazu sagen?", max_length=1000)

    @property
    def given(self) -> GivenEnquiryAnswer:
        note = "" if self.answer is EnquiryAnswer.NEVER_ASK_AGAIN else self.note
        return GivenEnquiryAnswer(answer=self.answer, note=note)


class EnquiryPage:
    """Shows one enquiry to the organisation that is asked and takes its answer."""

    def __init__(self, desk: Desk, *, signer: LinkSigner, draft_signer: LinkSigner) -> None:
        self._desk = desk
        self._pages = desk.pages
        self._pool = desk.pool
        self._clock = desk.clock
        self._doorkeeper = desk.doorkeeper
        self._signer = signer
        self._draft_signer = draft_signer

    async def show(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        shown = await self._shown(request, claims)
        note = "" if shown.enquiry.given is None else shown.enquiry.given.note
        form = Form.empty(request, EnquiryAnswerForm, note=note)
        return self._render(request, claims, shown, form)

    async def answer(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        form = await Form.read(request, EnquiryAnswerForm)
        if form.value is None:
            shown = await self._shown(request, claims)
            return self._render(request, claims, shown, form, status=422)
        await self._keep(request, claims, form.value.given)
        return RedirectResponse(self._pages.url(f"/enquiries/{token}"), status_code=303)

    async def _claims(self, request: Request, token: str) -> LinkClaims:
        claims = enquiry_claims_in(token, signer=self._signer)
        await self._desk.refuse_late(request, claims, enquiry_over())
        return claims

    async def _keep(self, request: Request, claims: LinkClaims, given: GivenEnquiryAnswer) -> None:
        state, now = request.state, self._clock()
        cause = Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)
        async with self._pool.transaction() as connection:
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            shown = await self._open(connection, claims)
            try:
                await commands.answer_enquiry(
                    connection,
                    claims.object_id,
                    given,
                    organisation_id=claims.organisation_id,
                    member_id=shown.member_id,
                    at=now,
                    cause=cause,
                )
            except (UnknownEnquiry, EnquiryOver):
                raise enquiry_over() from None

    async def _shown(self, request: Request, claims: LinkClaims) -> EnquiryShown:
        async with self._pool.transaction() as connection:
            await self._doorkeeper.member(request, connection)
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            return await self._open(connection, claims)

    async def _open(self, connection: Connection, claims: LinkClaims) -> EnquiryShown:
        shown = await enquiry_behind(connection, claims, now=self._clock())
        if shown is None:
            raise enquiry_over()
        return shown

    def _render(
        self,
        request: Request,
        claims: LinkClaims,
        shown: EnquiryShown,
        form: Form[EnquiryAnswerForm],
        *,
        status: int = 200,
    ) -> Response:
        draft_link = None
        if shown.member_id is not None:
            draft_link = offer_draft_link(claims, signer=self._draft_signer, now=self._clock())
        return self._pages.render(
            request,
            "enquiry.html",
            status=status,
            shown=shown,
            form=form,
            answers=ANSWERS,
            draft_link=draft_link,
        )


def enquiry_routes(page: EnquiryPage) -> APIRouter:
    router = APIRouter(prefix="/enquiries", include_in_schema=False)
    router.add_api_route("/{token}", page.show, methods=["GET"])
    router.add_api_route("/{token}", page.answer, methods=["POST"])
    return router
