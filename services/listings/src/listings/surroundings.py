"""What the routes of this service need around them, and who opens a link from a mail."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from starlette.requests import Request
from starlette.responses import HTMLResponse

from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.signing import ForgedToken
from chassis.sweeps import Clock
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.translation import mark
from listings.labels import LABELS
from listings.listing.occasion import Occasion
from listings.members import storage as member_storage
from listings.settings import ListingsSettings
from schemas.claims import LinkClaims, MalformedClaims
from schemas.links import LinkPurpose
from schemas.place import Category

FORGED = mark("Dieser Link ist unvollständig oder wurde verändert.")
COPY_AGAIN = mark(
    "Öffnen Sie ihn noch einmal direkt aus der E-Mail, oder melden Sie sich an: In Ihrem Bereich"
    " finden Sie alles wieder."
)
EXPIRED = mark("Dieser Link ist abgelaufen.")
SIGN_IN_INSTEAD = mark("Melden Sie sich an; in Ihrem Bereich finden Sie alles wieder.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    pages: Pages
    pool: Pool
    clock: Clock
    settings: ListingsSettings
    categories: tuple[Category, ...]

    @classmethod
    def of(cls, request: Request) -> Self:
        around: Self = request.app.state.surroundings
        return around

    def occasion(self, request: Request) -> Occasion:
        """Why a command runs: this request, now."""
        state = request.state
        cause = Cause(correlation_id=state.correlation_id, traceparent=state.traceparent)
        return Occasion(now=self.clock(), cause=cause, public_url=self.settings.public_url)

    def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        public: bool = False,
        **context: Any,
    ) -> HTMLResponse:
        return self.pages.render(
            request, template, status=status, public=public, labels=LABELS, **context
        )

    def choices(self, request: Request, words: Iterable[StrEnum]) -> list[tuple[str, str]]:
        """Words of a vocabulary as a form offers them, in the reader's language."""
        return [(word.value, self.pages.text(request, LABELS[word])) for word in words]

    async def opened(
        self, request: Request, connection: Connection, purpose: LinkPurpose, token: str
    ) -> LinkClaims:
        """What a link from a mail opens, for a member who still acts for the organisation.

        The page speaks the language of the mail, unless its reader chose one here.
        """
        claims = self._verified(purpose, token)
        member = await member_storage.member(connection, claims.member_id)
        request.state.language = member.language if member else None
        acts_for = member.organisation_ids if member else ()
        if claims.expires_at <= self.clock() or claims.organisation_id not in acts_for:
            raise Problem(410, EXPIRED, remedy=SIGN_IN_INSTEAD)
        return claims

    def _verified(self, purpose: LinkPurpose, token: str) -> LinkClaims:
        try:
            return LinkClaims.unpacked(self.settings.link_signer(purpose).verify(token))
        except (ForgedToken, MalformedClaims):
            raise Problem(404, FORGED, remedy=COPY_AGAIN) from None
