"""What the tests of this service speak of: a clock to move, a person at the pages, builders."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from typer.testing import CliRunner, Result

from chassis.signing import SessionSigner
from chassis.web.access import COOKIE
from listings.csv_file import CsvRow
from listings.erased.traces import Tracer
from listings.members.importing import members_import
from listings.members.member import Member
from listings.organisations.importing import OrganisationRow, organisations_import
from listings.organisations.organisation import Organisation
from listings.settings import ListingsSettings
from schemas.claims import SessionClaims
from schemas.vocabulary import OrganisationKind, SizeClass

SAMPLE = Path(__file__).parents[3] / "deploy/embedded/sample"
NOW = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
TRACER = Tracer((b"k" * 32,))
"""Recognises whoever was erased in a test."""
ORGANISATIONS = organisations_import(public_url="http://exchange.test")
MEMBERS = members_import(TRACER)

OrganisationRows = tuple[CsvRow[OrganisationRow], ...]
MintLink = Callable[..., str]
AnOrganisation = Callable[..., Awaitable[Organisation]]
AMember = Callable[..., Awaitable[Member]]
ATokenOf = Callable[[Member], Awaitable[dict[str, str]]]
Published = Callable[[str], Awaitable[list[str]]]


def some_organisations(*names: str, city: str = "Rostock") -> OrganisationRows:
    return tuple(
        CsvRow(
            line=number,
            value=OrganisationRow(
                external_id=f"org-{number}",
                name=name,
                kind=OrganisationKind.COMPANY,
                size_class=SizeClass.MICRO,
                postcode="18055",
                city=city,
            ),
        )
        for number, name in enumerate(names, start=2)
    )


@dataclass
class Clock:
    """The time of the running service, moved by the test."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


class Run:
    """Runs commands in a thread of their own: each brings its own event loop."""

    async def __call__(self, *words: str) -> Result:
        from listings.__main__ import cli  # noqa: PLC0415 - only tests of commands need the whole

        return await asyncio.to_thread(CliRunner().invoke, cli, words)


@dataclass
class Browser:
    """A person at the pages: keeps cookies, sends the form token of the page it came from."""

    http: httpx.AsyncClient
    settings: ListingsSettings
    clock: Clock
    pages: list[httpx.Response] = field(default_factory=list)

    async def open(self, path: str, **headers: str) -> httpx.Response:
        page = await self.http.get(path, headers=headers)
        self.pages.append(page)
        return page

    async def send(
        self, path: str, *, form_page: str | None = None, **values: str
    ) -> httpx.Response:
        """Open the page with the form, then send it as its button would."""
        page = await self.open(form_page or path)
        return await self.http.post(path, data={**values, "form_token": token_in(page.text)})

    def sign_in(self, member: Member) -> "Browser":
        claims = SessionClaims(member_id=member.id, since=self.clock())
        signer = SessionSigner.from_text(self.settings.session_private_key)
        self.http.cookies.set(COOKIE, signer.sign(claims.packed()), domain="exchange.test")
        return self

    def sign_out(self) -> "Browser":
        self.http.cookies.clear()
        return self


def token_in(html: str) -> str:
    """The form token of a page; a page without one has no form."""
    before, found, after = html.partition('name="form_token" value="')
    assert found, before[:2000]
    return after.partition('"')[0]
