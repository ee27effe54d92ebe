"""A member's saved searches: listed, added and removed; a mail's link opens one of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from uuid_utils.compat import uuid7

from chassis import copies
from chassis.database import Connection
from chassis.signing import LinkSigner
from chassis.web.forms import Form
from chassis.web.text import PlainLine
from chassis.web.translation import mark
from matching.desk import Desk
from matching.searches import commands, storage, surroundings_storage
from matching.searches.commands import Wanted
from matching.searches.links import search_claims_in, search_link_expired, search_over
from matching.searches.search import (
    MOST_SEARCHES,
    SavedSearch,
    TooManySearches,
    UnknownPostcode,
)
from schemas.claims import LinkClaims
from schemas.member import MemberState
from schemas.vocabulary import ListingKind

DEFAULT_RADIUS_KM = 50


class SearchForm(BaseModel):
    """Without a postcode the radius means nothing and is passed over."""

    words: PlainLine = Field(title="Suchwörter", min_length=2, max_length=200)
    kind: ListingKind = Field(title="Angebote oder Gesuche")
    category: Annotated[str, Field(max_length=60)] | None = Field(default=None, title="Kategorie")
    postcode: Annotated[str, Field(pattern=r"^\d{5}$")] | None = Field(
        default=None, title="Postleitzahl"
    )
    radius_km: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=DEFAULT_RADIUS_KM, title="Umkreis in Kilometern"
    )

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            words=self.words,
            kind=self.kind,
            category=self.category,
            place=None if self.postcode is None else (self.postcode, self.radius_km),
        )


class RemovalForm(BaseModel):
    search_id: UUID = Field(title="Suche")


class SearchPages:
    """Lists a member's searches; each is compared with every new listing."""

    def __init__(self, desk: Desk, *, signer: LinkSigner) -> None:
        self._desk = desk
        self._pages = desk.pages
        self._pool = desk.pool
        self._clock = desk.clock
        self._doorkeeper = desk.doorkeeper
        self._signer = signer

    async def list(
        self, request: Request, words: str = "", kind: str = "", category: str = ""
    ) -> Response:
        """The address may bring what was searched for on another page."""
        asked = {"words": words, "kind": kind, "category": category}
        known = {name: value for name, value in asked.items() if value}
        return await self._render(request, Form.empty(request, SearchForm, **known))

    async def add(self, request: Request) -> Response:
        form = await Form.read(request, SearchForm)
        if form.value is not None:
            form = await self._saved(request, form, form.value.wanted)
        if form.value is None:
            return await self._render(request, form, status=422)
        return RedirectResponse(self._pages.url("/searches"), status_code=303)

    async def remove(self, request: Request) -> Response:
        form = await Form.read(request, RemovalForm)
        async with self._pool.transaction() as connection:
            member = await self._doorkeeper.require_member(request, connection)
            if form.value is not None:
                await commands.delete_search(
                    connection, form.value.search_id, member_id=member.member_id
                )
        return RedirectResponse(self._pages.url("/searches"), status_code=303)

    async def show(self, request: Request, token: str) -> Response:
        claims = await self._claims(request, token)
        async with self._pool.transaction() as connection:
            await self._doorkeeper.member(request, connection)
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            search = await _search_behind(connection, claims)
            labels = await _labels(connection)
        return self._pages.render(request, "search.html", search=search, labels=labels)

    async def remove_behind(self, request: Request, token: str) -> Response:
        """The button behind a mail's link: the same removal without a session."""
        claims = await self._claims(request, token)
        async with self._pool.transaction() as connection:
            await self._doorkeeper.member(request, connection)
            await self._doorkeeper.speak_to(request, connection, claims.member_id)
            if await copies.find(connection, MemberState, claims.member_id) is None:
                raise search_over()
            # Gone after the first of two clicks, or after a reload of what it led to.
            search = await storage.search(connection, claims.object_id, claims.member_id)
            await commands.delete_search(connection, claims.object_id, member_id=claims.member_id)
        return self._pages.render(request, "search_removed.html", search=search)

    async def _claims(self, request: Request, token: str) -> LinkClaims:
        claims = search_claims_in(token, signer=self._signer)
        await self._desk.refuse_late(request, claims, search_link_expired())
        return claims

    async def _saved(
        self, request: Request, form: Form[SearchForm], wanted: Wanted
    ) -> Form[SearchForm]:
        try:
            async with self._pool.transaction() as connection:
                member = await self._doorkeeper.require_member(request, connection)
                await commands.save_search(
                    connection, member, wanted, search_id=uuid7(), at=self._clock()
                )
        except TooManySearches:
            return form.refused(
                "",
                mark("Sie haben schon {most} Suchen gespeichert."),
                mark("Löschen Sie eine, die Sie nicht mehr brauchen."),
                most=MOST_SEARCHES,
            )
        except UnknownPostcode:
            return form.refused(
                "postcode",
                mark("In dieser Gegend ist noch niemand eingetragen."),
                mark("Prüfen Sie die fünf Ziffern, oder lassen Sie das Feld leer."),
            )
        return form

    async def _render(
        self, request: Request, form: Form[SearchForm], *, status: int = 200
    ) -> Response:
        async with self._pool.transaction() as connection:
            member = await self._doorkeeper.require_member(request, connection)
            searches = await storage.searches_of(connection, member.member_id)
            labels = await _labels(connection)
        return self._pages.render(
            request, "searches.html", status=status, form=form, searches=searches, labels=labels
        )


async def _search_behind(connection: Connection, claims: LinkClaims) -> SavedSearch:
    member = await copies.find(connection, MemberState, claims.member_id)
    search = await storage.search(connection, claims.object_id, claims.member_id)
    if member is None or search is None:
        raise search_over()
    return search


async def _labels(connection: Connection) -> dict[str, dict[str, str]]:
    """What each category is called, by its slug and the language."""
    found = await surroundings_storage.categories(connection)
    return {each.slug: {"de": each.label_de, "en": each.label_en} for each in found}


def search_routes(page: SearchPages) -> APIRouter:
    router = APIRouter(prefix="/searches", include_in_schema=False)
    router.add_api_route("", page.list, methods=["GET"])
    router.add_api_route("", page.add, methods=["POST"])
    router.add_api_route("/remove", page.remove, methods=["POST"])
    router.add_api_route("/{token}", page.show, methods=["GET"])
    router.add_api_route("/{token}", page.remove_behind, methods=["POST"])
    return router
