"""A real database, the real consumer in front of it, real workers, and HTTP to the application."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import PrivateAttr

from chassis import migrations
from chassis.database import Pool
from chassis.envelope import Gone
from chassis.event import Event
from chassis.service import Runtime
from chassis.signing import (
    LinkSigner,
    SessionSigner,
    generate_link_key,
    generate_session_keys,
)
from embedded.hearing import Hearing, record_of
from embedded.testing import MakeDatabase, eventually
from matching.active_engine import ActiveEngine
from matching.app import service, web
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.model import default_directory
from matching.settings import MatchingSettings
from matching.worker import ROUNDS, Matching
from schemas.claims import LinkClaims, SessionClaims
from schemas.links import HOLDERS, PATHS, LinkPurpose
from schemas.match import MatchProposed
from schemas.member import MemberState

KEYS: dict[str, tuple[str, ...]] = {
    purpose: (generate_link_key(),) for purpose in HOLDERS["matching"]
}
SESSIONS = generate_session_keys()
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
WAITING = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


async def migrated(url: str) -> None:
    await migrations.apply(url, name=service.name, directory=service.migrations)


class Settings(MatchingSettings):
    """With the engine that a test gives; without one, what is on the disk."""

    _engine: Engine | None = PrivateAttr(default=None)

    def give(self, engine: Engine) -> None:
        self._engine = engine

    def load_engine(self) -> Engine:
        return self._engine or super().load_engine()


class Service(Hearing):
    """The service as the outside sees it: events in, workers, time passing, HTTP; its tables."""

    def __init__(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        super().__init__(service, runtime.pool)
        self.runtime = runtime
        self.pool: Pool = runtime.pool
        self.http = client
        self.now = NOW

    def a_worker(self, engine: Engine, *, rounds: Sequence[int] = ROUNDS) -> Matching:
        source = EngineSource(lambda: engine)
        self.runtime.settings.give(engine)
        return Matching(
            source,
            pool=self.pool,
            clock=lambda: self.now,
            rounds=rounds,
            shared=self.runtime.settings.shared_index,
        )

    def engines(self, engine: Engine) -> ActiveEngine:
        return ActiveEngine(EngineSource(lambda: engine))

    async def begins_to_hear(self, gone: Gone) -> asyncio.Task[None]:
        """As far as it does not wait for somebody else."""
        hearing = asyncio.create_task(self.hears(gone))

        async def is_done_or_waits() -> bool:
            return hearing.done() or bool(await self.value(WAITING))

        await eventually(is_done_or_waits)
        return hearing

    async def value(self, query: str, *args: object) -> Any:
        async with self.pool.connection() as connection:
            return await connection.fetchval(query, *args)

    async def published(self, event_class: type[Event]) -> list[Any]:
        async with self.pool.connection() as connection:
            rows = await connection.fetch(
                "select payload from outbox where topic = $1 order by seq", event_class.topic
            )
        return [event_class.model_validate_json(row["payload"]) for row in rows]

    def signs_in(self, member: MemberState) -> None:
        """The browser carries the member's session from now on."""
        claims = SessionClaims(member_id=member.member_id, since=NOW)
        token = SessionSigner.from_text(SESSIONS.private).sign(claims.packed())
        self.http.cookies.set("session", token)

    async def posts(self, path: str, **fields: object) -> httpx.Response:
        """Open the page, fill in its form, and send it."""
        page = await self.http.get(path)
        token = re.search(r'name="form_token" value="([^"]+)"', page.text)
        assert token is not None, page.text
        return await self.http.post(path, data={"form_token": token[1], **fields})

    async def proposals(self) -> list[MatchProposed]:
        return await self.published(MatchProposed)


def link_for(purpose: LinkPurpose, claims: LinkClaims) -> str:
    """The address in a mail that opens one object for one member."""
    signer = LinkSigner.from_text(purpose, KEYS[purpose][0])
    return PATHS[purpose].format(token=signer.sign(claims.packed()))


def link_to(
    proposal: MatchProposed, member_id: UUID, organisation_id: UUID, *, days: float = 21
) -> str:
    claims = LinkClaims(
        object_id=proposal.proposal_id,
        member_id=member_id,
        organisation_id=organisation_id,
        expires_at=NOW + timedelta(days=days),
    )
    signer = LinkSigner.from_text(LinkPurpose.PROPOSAL, KEYS["proposal"][0])
    return f"/matching/proposals/{signer.sign(claims.packed())}"


@pytest.fixture
async def matching(make_database: MakeDatabase) -> AsyncIterator[Service]:
    settings = Settings(
        database_url=make_database(migrated),
        link_keys=KEYS,
        form_key=generate_link_key(),
        session_public_keys=(SESSIONS.public,),
    )
    pool = Pool(settings.database_url, application="test", transaction_seconds=60, size=6)
    await pool.open()
    tested: list[Service] = []
    runtime = Runtime(settings=settings, pool=pool, clock=lambda: tested[0].now)
    transport = httpx.ASGITransport(app=web(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        tested.append(Service(runtime, client))
        yield tested[0]
    await pool.close()


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real engine; tests that ask for it carry the marker `model`."""
    return Engine.load(default_directory())


@pytest.fixture
def linked() -> object:
    return link_to


@pytest.fixture
def link_of() -> object:
    return link_for


@pytest.fixture
def contact_signer() -> LinkSigner:
    return LinkSigner.from_text(LinkPurpose.CONTACT_FORM, KEYS["contact-form"][0])


@pytest.fixture
def draft_signer() -> LinkSigner:
    return LinkSigner.from_text(LinkPurpose.OFFER_DRAFT, KEYS[LinkPurpose.OFFER_DRAFT][0])


@pytest.fixture
def as_record() -> object:
    return record_of
