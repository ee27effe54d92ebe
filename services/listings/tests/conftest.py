"""What the tests of this service share: a migrated database, the app, builders in plain words."""

import json
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from chassis import migrations
from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.service import Runtime
from chassis.signing import LinkSigner, generate_link_key, generate_session_keys
from embedded.testing import MakeDatabase
from listings.members import commands as members
from listings.members.member import Member
from listings.members.tokens import create_token
from listings.organisations import commands as organisations
from listings.organisations.organisation import Organisation, Profile
from listings.settings import ListingsSettings
from schemas.claims import NO_ORGANISATION, LinkClaims
from schemas.links import PATHS, LinkPurpose
from schemas.vocabulary import Language, OrganisationKind, Role, SizeClass

sys.path.append(str(Path(__file__).parent))  # Tests are no package; this is what they share.

from listings_scene import (
    AMember,
    AnOrganisation,
    ATokenOf,
    Browser,
    Clock,
    MintLink,
    Published,
    Run,
)
from lock_racing import at_once, met  # noqa: F401 - fixtures

MIGRATIONS = Path(str(files("listings"))) / "migrations"


async def _migrate(url: str) -> None:
    await migrations.apply(url, name="listings", directory=MIGRATIONS)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database_url(make_database: MakeDatabase) -> str:
    return make_database(_migrate)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = Pool(database_url, application="tests", transaction_seconds=60, size=4)
    await pool.open()
    yield pool
    await pool.close()


@pytest.fixture
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A connection in autocommit, for arranging and for looking afterwards."""
    async with pool.connection() as connection:
        yield connection


@pytest.fixture
def settings(database_url: str) -> ListingsSettings:
    keys = generate_session_keys()
    return ListingsSettings(
        database_url=database_url,
        public_url="http://exchange.test",
        session_private_key=keys.private,
        session_public_keys=(keys.public,),
        form_key=generate_link_key(),
        link_keys={purpose.value: (generate_link_key(),) for purpose in LinkPurpose},
        allow_time_travel=True,
    )


@pytest.fixture
def app(settings: ListingsSettings, pool: Pool, clock: Clock) -> FastAPI:
    from listings.app import service  # noqa: PLC0415 - only tests of routes need the whole

    return service.web(Runtime(settings=settings, pool=pool, clock=clock))


@pytest.fixture
async def browser(app: FastAPI, settings: ListingsSettings, clock: Clock) -> AsyncIterator[Browser]:
    async with _http(app) as http:
        yield Browser(http=http, settings=settings, clock=clock)


@pytest.fixture
async def other_browser(
    app: FastAPI, settings: ListingsSettings, clock: Clock
) -> AsyncIterator[Browser]:
    """With cookies of its own."""
    async with _http(app) as http:
        yield Browser(http=http, settings=settings, clock=clock)


def _http(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://exchange.test")


@pytest.fixture
def mint_link(settings: ListingsSettings, clock: Clock) -> MintLink:
    """The path of a link as it stands in a mail."""

    def mint(
        purpose: LinkPurpose,
        object_id: UUID,
        member_id: UUID,
        organisation_id: UUID = NO_ORGANISATION,
        *,
        valid_for: timedelta = timedelta(days=14),
    ) -> str:
        claims = LinkClaims(
            object_id=object_id,
            member_id=member_id,
            organisation_id=organisation_id,
            expires_at=clock() + valid_for,
        )
        signer = LinkSigner.from_text(purpose, settings.link_keys[purpose][0])
        return PATHS[purpose].format(token=signer.sign(claims.packed()))

    return mint


@pytest.fixture
def run(settings: ListingsSettings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line, with the settings of the test in its environment."""
    monkeypatch.setenv("LISTINGS_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LISTINGS_FORM_KEY", settings.form_key)
    monkeypatch.setenv("LISTINGS_SESSION_PRIVATE_KEY", settings.session_private_key)
    public = json.dumps(settings.session_public_keys)
    monkeypatch.setenv("LISTINGS_SESSION_PUBLIC_KEYS", public)
    return Run()


@pytest.fixture
def an_organisation(connection: Connection, clock: Clock) -> AnOrganisation:
    async def build(
        name: str = "Hygienewerk Rostock GmbH",
        *,
        kind: OrganisationKind = OrganisationKind.COMPANY,
        size_class: SizeClass = SizeClass.SMALL,
        postcode: str = "18055",
        trusted: bool = False,
        website: str | None = None,
    ) -> Organisation:
        profile = Profile(
            name=name, kind=kind, size_class=size_class, postcode=postcode, website=website
        )
        made = await organisations.register_organisation(
            connection, profile, now=clock(), cause=Cause.new()
        )
        if trusted:
            await organisations.trust_organisation(connection, made.id)
        return made

    return build


@pytest.fixture
def a_member(connection: Connection, clock: Clock) -> AMember:
    async def build(
        name: str = "Britta Sommer",
        *,
        email: str | None = None,
        of: Organisation | None = None,
        roles: frozenset[Role] = frozenset(),
        language: Language = Language.GERMAN,
    ) -> Member:
        return await members.add_member(
            connection,
            name=name,
            email=email or f"{name.lower().replace(' ', '.')}@example.org",
            language=language,
            organisation_ids=() if of is None else (of.id,),
            roles=roles,
            now=clock(),
            cause=Cause.new(),
        )

    return build


@pytest.fixture
def a_token_of(connection: Connection, clock: Clock) -> ATokenOf:
    """The headers that carry a member's fresh API token."""

    async def build(member: Member) -> dict[str, str]:
        token = await create_token(connection, member.id, label="test", now=clock())
        return {"Authorization": f"Bearer {token}"}

    return build


@pytest.fixture
def published(connection: Connection) -> Published:
    """The payloads of one topic in the outbox, oldest first."""

    async def read(topic: str) -> list[str]:
        rows = await connection.fetch(
            "select payload from outbox where topic = $1 order by seq", topic
        )
        return ["" if row["payload"] is None else row["payload"].decode() for row in rows]

    return read
