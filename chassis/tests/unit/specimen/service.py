"""The specimen's routes: what the README shows, in full."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel, EmailStr, Field
from starlette.responses import RedirectResponse

from chassis.web.application import create_app
from chassis.web.form_token import exempt_from_form_token
from chassis.web.forms import Form
from chassis.web.language import Localised
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.site import Account, NavigationLink, Site
from chassis.web.text import Line, Prose, Separated

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = b"k" * 32


class Entry(BaseModel):
    name: Line = Field(title="Name", min_length=3, max_length=20)
    address: EmailStr = Field(title="E-Mail-Adresse")
    description: Prose = Field(default="", title="Beschreibung", max_length=100)
    colour: Literal["red", "blue"] = Field(title="Farbe")
    size: Literal["small", "large"] | None = Field(default=None, title="Größe")
    extras: tuple[Literal["lid", "bag"], ...] = Field(default=(), title="Zubehör", max_length=1)
    amount: Annotated[Decimal, Field(ge=1, le=1000)] | None = Field(default=None, title="Menge")
    day: date | None = Field(default=None, title="Tag")
    words: Annotated[tuple[str, ...], Separated] = Field(default=(), title="Stichwörter")
    agreed: bool = Field(default=False, title="Ich stimme zu")


def link(href: str, german: str, english: str) -> NavigationLink:
    return NavigationLink(href=href, label=Localised(de=german, en=english))


SITE = Site(
    name=Localised(de="Musterdienst", en="Specimen service"),
    claim=Localised(de="Ein Dienst zum Ansehen", en="A service to look at"),
    navigation=(link("/", "Start", "Home"), link("/form", "Eintragen", "Enter")),
    legal=(link("/imprint", "Impressum", "Imprint"), link("/privacy", "Datenschutz", "Privacy")),
    sign_in=link("/sign-in", "Anmelden", "Sign in"),
)


def specimen(
    prefix: str = "", observe: Callable[[str, str, int, float], None] | None = None
) -> FastAPI:
    pages = Pages(__package__, site=SITE, prefix=prefix)
    return create_app(
        title="specimen",
        pages=pages,
        form_key=KEY,
        routers=[page_routes(pages), api_routes()],
        observe=observe,
        larger_bodies={f"{prefix}/upload": 1024 * 1024},
    )


def page_routes(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def front(request: Request) -> Response:
        request.state.account = None
        return pages.render(
            request, "specimen.html", moment=MOMENT, page_link=lambda page: f"?page={page}"
        )

    @router.get("/public")
    async def public(request: Request) -> Response:
        return pages.render(request, "chassis/base.html", public=True)

    @router.get("/account")
    async def account(request: Request) -> Response:
        request.state.account = Account(name="Kim Muster", sign_out="/sign-out")
        return pages.render(request, "chassis/base.html", public=True)

    @router.get("/form")
    async def blank(request: Request) -> Response:
        return pages.render(
            request, "form.html", form=Form.empty(request, Entry, amount=Decimal("1.5"))
        )

    @router.post("/form")
    async def submit(request: Request) -> Response:
        form = await Form.read(request, Entry)
        if form.value is None:
            return pages.render(request, "form.html", status=422, form=form)
        return RedirectResponse(f"/thing?name={form.value.name}", status_code=303)

    @router.post("/hook")
    @exempt_from_form_token("called by machines")
    async def hook() -> dict[str, bool]:
        return {"ok": True}

    @router.post("/upload")
    async def upload() -> dict[str, bool]:
        return {"ok": True}

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail")

    return router


def api_routes() -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.post("/entries", status_code=201)
    async def create(entry: Entry) -> Entry:
        return entry

    @router.get("/entries")
    async def listed(page: int = 1) -> dict[str, int]:
        return {"page": page}

    @router.get("/refused")
    async def refused() -> None:
        raise Problem(409, "Es gibt schon {count} davon.", values={"count": 3})

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret detail")

    return router
