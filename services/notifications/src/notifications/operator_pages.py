"""The operators' pages: every mail with its state and text, and the addresses we never mail."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chassis.database import Connection, Row
from chassis.service import Runtime
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.translation import mark
from notifications import operating, queries
from notifications.access import Access
from notifications.composing import Composer
from notifications.letters import BY_TEMPLATE
from notifications.mail import NOT_COMPOSED, Doubt, MailState
from notifications.operating import Decision
from notifications.wording import HINTS, LETTER_NAMES, STATE_KINDS, STATE_NAMES

MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TOO_LATE = mark("Diese E-Mail kann nicht mehr verschickt werden.")
LOOK_AGAIN = mark("Sie ist inzwischen verschickt, gelöscht oder zu alt. Sehen Sie den Stand an.")


class OperatorPages:
    """Each page and each action asks first whether an operator is asking."""

    def __init__(
        self, pages: Pages, runtime: Runtime, *, access: Access, composer: Composer
    ) -> None:
        self._pages = pages
        self._pool = runtime.pool
        self._clock = runtime.clock
        self._settings = runtime.settings
        self._access = access
        self._composer = composer

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.get("/mails")(self.mails)
        router.get("/mails/{mail_id}")(self.mail)
        router.get("/mails/{mail_id}/html")(self.mail_html)
        router.post("/mails/{mail_id}/release")(self.release)
        router.post("/mails/{mail_id}/discard")(self.discard)
        router.get("/suppressions")(self.suppressions)
        router.post("/suppressions/{mail_id}/lift")(self.lift)
        return router

    async def mails(
        self,
        request: Request,
        state: str = "",
        template: Annotated[str, Query(max_length=60)] = "",
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        """Every mail, newest first, and how old the queue is."""
        wanted_state = MailState(state) if state in set(MailState) else None
        letter = template if template in BY_TEMPLATE else None
        async with self._pool.transaction() as connection:
            await self._access.operator(request, connection)
            rows, count = await queries.mails(
                connection, state=wanted_state, template=letter, page=page
            )
            age = await queries.queue_age(connection, now=self._clock())
        return self._pages.render(
            request,
            "mails.html",
            mails=rows,
            count=count,
            page=page,
            pages=-(-count // queries.PAGE_ROWS),
            state=wanted_state,
            letter=letter,
            age=age,
            states=STATE_NAMES,
            kinds=STATE_KINDS,
            letters=LETTER_NAMES,
        )

    async def mail(self, request: Request, mail_id: UUID) -> Response:
        """One mail with its history and its text."""
        async with self._pool.transaction() as connection:
            row, shown = await self._shown(request, connection, mail_id)
        return self._pages.render(
            request,
            "mail.html",
            headers={"Content-Security-Policy": PAGE_POLICY},
            mail=row,
            shown=shown,
            can_release=operating.can_release(row, now=self._clock()),
            states=STATE_NAMES,
            kinds=STATE_KINDS,
            letters=LETTER_NAMES,
            hints=HINTS,
            restored=Doubt.RESTORED,
            not_composed=NOT_COMPOSED,
        )

    async def mail_html(self, request: Request, mail_id: UUID) -> Response:
        """The HTML part alone, under a policy that lets it do nothing."""
        async with self._pool.transaction() as connection:
            _, shown = await self._shown(request, connection, mail_id)
        if shown is None:
            raise Problem(404)
        headers = {"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"}
        return HTMLResponse(shown.message.html, headers=headers)

    async def release(self, request: Request, mail_id: UUID) -> Response:
        """Send a held or failed mail (again)."""
        async with self._pool.transaction() as connection:
            operator = await self._access.operator(request, connection)
            if not (
                await operating.release(connection, mail_id, operator, now=self._clock())
                or await operating.decided_so(connection, Decision.RELEASE, mail_id, operator)
            ):
                raise Problem(409, TOO_LATE, remedy=LOOK_AGAIN)
        return self._see(f"/mails/{mail_id}")

    async def discard(self, request: Request, mail_id: UUID) -> Response:
        """Decide that a held mail is not sent again."""
        async with self._pool.transaction() as connection:
            operator = await self._access.operator(request, connection)
            if not (
                await operating.discard(connection, mail_id, operator, now=self._clock())
                or await operating.decided_so(connection, Decision.DISCARD, mail_id, operator)
            ):
                raise Problem(409)
        return self._see(f"/mails/{mail_id}")

    async def suppressions(self, request: Request) -> Response:
        """Addresses that refused our mail for good."""
        async with self._pool.transaction() as connection:
            await self._access.operator(request, connection)
            rows = await queries.suppressed_addresses(connection)
        return self._pages.render(request, "suppressions.html", suppressions=rows)

    async def lift(self, request: Request, mail_id: UUID) -> Response:
        """Write to an address again."""
        async with self._pool.transaction() as connection:
            operator = await self._access.operator(request, connection)
            await operating.lift_suppression(connection, mail_id, operator)
        return self._see("/suppressions")

    async def _shown(
        self, request: Request, connection: Connection, mail_id: UUID
    ) -> tuple[Row, operating.Shown | None]:
        await self._access.operator(request, connection)
        row = await queries.mail_row(connection, mail_id)
        if row is None:
            raise Problem(404)
        shown = await operating.shown(
            connection, row, composer=self._composer, settings=self._settings
        )
        return row, shown

    def _see(self, path: str) -> Response:
        return RedirectResponse(self._pages.url(path), status_code=303)
