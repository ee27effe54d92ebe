"""Many held mails decided about at once, as after a restore: which go out, and which do not."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.database import Connection
from chassis.service import Runtime
from chassis.web.forms import Form
from chassis.web.pages import Pages
from notifications import operating, queries
from notifications.access import Access
from notifications.mail import NOT_COMPOSED, Doubt
from notifications.operating import Decision
from notifications.wording import LETTER_NAMES
from schemas.member import MemberState

ON_A_PAGE = 200
Count = Annotated[int | None, Query(ge=0, le=ON_A_PAGE)]


class DecisionForm(BaseModel):
    mail_ids: tuple[UUID, ...] = Field(title="E-Mails", min_length=1, max_length=ON_A_PAGE)
    decision: Decision = Field(title="Entscheidung")


class HeldPages:
    """The oldest first; each decision is recorded as it is for a single mail."""

    def __init__(self, pages: Pages, runtime: Runtime, *, access: Access) -> None:
        self._pages = pages
        self._pool = runtime.pool
        self._clock = runtime.clock
        self._access = access

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.get("/mails/held")(self.show)
        router.post("/mails/held")(self.decide)
        return router

    async def show(
        self,
        request: Request,
        selected: Annotated[str, Query(max_length=10)] = "",
        decided: Count = None,
        chosen: Count = None,
    ) -> Response:
        """``decided`` of ``chosen`` mails is what a decision just did."""
        form = Form.empty(request, DecisionForm, mail_ids=())
        return await self._render(
            request, form, all_selected=selected == "all", decided=decided, chosen=chosen
        )

    async def decide(self, request: Request) -> Response:
        form = await Form.read(request, DecisionForm)
        if form.value is None:
            return await self._render(request, form, status=422)
        chosen = sorted(set(form.value.mail_ids))
        async with self._pool.transaction() as connection:
            operator = await self._access.operator(request, connection)
            decided = [
                await self._decided(connection, mail_id, form.value.decision, operator)
                for mail_id in chosen
            ]
        outcome = urlencode({"decided": sum(decided), "chosen": len(chosen)})
        return RedirectResponse(f"{self._pages.url('/mails/held')}?{outcome}", status_code=303)

    async def _decided(
        self, connection: Connection, mail_id: UUID, decision: Decision, operator: MemberState
    ) -> bool:
        act = operating.release if decision is Decision.RELEASE else operating.discard
        return await act(connection, mail_id, operator, now=self._clock())

    async def _render(
        self,
        request: Request,
        form: Form[DecisionForm],
        *,
        status: int = 200,
        all_selected: bool = False,
        decided: int | None = None,
        chosen: int | None = None,
    ) -> Response:
        async with self._pool.transaction() as connection:
            await self._access.operator(request, connection)
            mails, count = await queries.held_mails(connection, limit=ON_A_PAGE)
        return self._pages.render(
            request,
            "held.html",
            status=status,
            form=form,
            mails=mails,
            count=count,
            all_selected=all_selected,
            decided=decided,
            chosen=chosen,
            letters=LETTER_NAMES,
            restored=Doubt.RESTORED,
            not_composed=NOT_COMPOSED,
        )
