"""The page behind „keine solchen E-Mails mehr“: shows what and whom, stops by POST, offers undo."""

from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis import copies
from chassis.cause import Cause
from chassis.database import Connection
from chassis.service import Runtime
from chassis.signing import ForgedToken, LinkSigner
from chassis.web.form_token import exempt_from_form_token
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.translation import mark
from notifications import commands, preferences
from schemas.claims import LinkClaims, MalformedClaims
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.vocabulary import Frequency, MailPurpose

ONE_CLICK = "One-Click"
USELESS = mark("Dieser Link ist nicht (mehr) gültig.")
NEWEST = mark(
    "Öffnen Sie den Link aus der neuesten E-Mail. Ist er auch dort ungültig, schreiben Sie den"
    " Betreibern."
)


class Subject(StrEnum):
    """What a link stops, as its path says."""

    PROPOSALS = "proposals"
    SURVEYS = "surveys"

    @property
    def purpose(self) -> MailPurpose:
        return MailPurpose(self.value)

    @property
    def link_purpose(self) -> LinkPurpose:
        return LinkPurpose(f"unsubscribe-{self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who opened a link about what, and what they receive now."""

    subject: Subject
    token: str
    member: MemberState
    frequency: Frequency


class UnsubscribePages:
    """A link's token says who; the path says what."""

    def __init__(self, pages: Pages, runtime: Runtime) -> None:
        self._pages = pages
        self._pool = runtime.pool
        self._clock = runtime.clock
        self._signers = {each: runtime.settings.link_signer(each.link_purpose) for each in Subject}

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/unsubscribe", include_in_schema=False)
        router.get("/{subject}/{token}")(self.show)
        router.post("/{subject}/{token}")(self.stop)
        router.post("/{subject}/{token}/undo")(self.undo)
        return router

    async def show(self, request: Request, subject: Subject, token: str) -> Response:
        """What would be stopped and for whom; changes nothing."""
        async with self._pool.transaction() as connection:
            visit = await self._visit(request, connection, subject, token)
        return self._pages.render(request, "unsubscribe.html", visit=visit)

    @exempt_from_form_token("mail programs post here by themselves (RFC 8058)")
    async def stop(self, request: Request, subject: Subject, token: str) -> Response:
        """Stop these mails, from the page or in one click of a mail program."""
        form = await request.form()
        is_one_click = form.get("List-Unsubscribe") == ONE_CLICK
        given_by = "one-click" if is_one_click else "page"
        await self._choose(request, subject, token, Frequency.NEVER, given_by=given_by)
        if is_one_click:
            return Response(status_code=200, headers={"Cache-Control": "no-store"})
        return self._back(subject, token)

    async def undo(self, request: Request, subject: Subject, token: str) -> Response:
        """Receive these mails again."""
        await self._choose(request, subject, token, Frequency.INSTANT, given_by="page")
        return self._back(subject, token)

    async def _visit(
        self, request: Request, connection: Connection, subject: Subject, token: str
    ) -> Visit:
        """Whoever came by a mail reads on in its language, also that its link is too old."""
        claims = _claims(self._signers[subject], token)
        member = await copies.find(connection, MemberState, claims.member_id)
        if member is not None:
            request.state.language = member.language
        if member is None or claims.expires_at <= self._clock():
            raise Problem(410, USELESS, remedy=NEWEST)
        frequency = await preferences.frequency_of(connection, member.member_id, subject.purpose)
        return Visit(subject=subject, token=token, member=member, frequency=frequency)

    async def _choose(
        self, request: Request, subject: Subject, token: str, frequency: Frequency, *, given_by: str
    ) -> None:
        state = request.state
        cause = Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)
        async with self._pool.transaction() as connection:
            visit = await self._visit(request, connection, subject, token)
            await commands.choose_frequency(
                connection,
                visit.member.member_id,
                subject.purpose,
                frequency,
                given_by=given_by,
                cause=cause,
                now=self._clock(),
            )

    def _back(self, subject: Subject, token: str) -> Response:
        return RedirectResponse(self._pages.url(f"/unsubscribe/{subject}/{token}"), status_code=303)


def _claims(signer: LinkSigner, token: str) -> LinkClaims:
    try:
        return LinkClaims.unpacked(signer.verify(token))
    except (ForgedToken, MalformedClaims) as error:
        raise Problem(404, USELESS, remedy=NEWEST) from error
