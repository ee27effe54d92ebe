"""A real database, the real consumer in front of it, and the real application behind HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest

from chassis import migrations
from chassis.database import Connection, Pool
from chassis.envelope import Gone
from chassis.event import Event
from chassis.service import Runtime
from chassis.signing import LinkSigner, SessionSigner, generate_link_key, generate_session_keys
from chassis.sweeps import Sweeper
from embedded.hearing import Hearing, record_of
from embedded.testing import MakeDatabase, eventually
from schemas.claims import LinkClaims, SessionClaims
from schemas.links import LinkPurpose
from schemas.outcome import OutcomeAsked
from surveys.app import service, web
from surveys.reports import queries
from surveys.reports.period import Period
from surveys.settings import SurveysSettings

SESSION_KEYS = generate_session_keys()
LINK_KEY = generate_link_key()
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MARCH = Period(since=date(2026, 3, 1), until=date(2026, 3, 31))
WAITING = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)
Counts = dict[str, tuple[tuple[str, int, int | None], ...]]


async def migrated(url: str) -> None:
    await migrations.apply(url, name=service.name, directory=service.migrations)


class Surveys(Hearing):
    """The service as the outside sees it: events in, time passing, HTTP; and its tables."""

    def __init__(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        super().__init__(service, runtime.pool)
        self.pool: Pool = runtime.pool
        self.http = client
        self.now = NOW

    async def sweep(self, now: datetime) -> tuple[str, ...]:
        sweeper = Sweeper(service.sweeps, pool=self.pool, clock=lambda: now, every_seconds=60)
        return await sweeper.run_once(now)

    async def value(self, query: str, *args: object) -> object:
        async with self.pool.connection() as connection:
            return await connection.fetchval(query, *args)

    async def column(self, query: str, *args: object) -> list[object]:
        async with self.pool.connection() as connection:
            return [row[0] for row in await connection.fetch(query, *args)]

    async def published(self, topic: str) -> list[bytes]:
        rows = await self.column("select payload from outbox where topic = $1 order by seq", topic)
        return [row for row in rows if isinstance(row, bytes)]

    async def questions(self) -> list[OutcomeAsked]:
        published = await self.published(OutcomeAsked.topic)
        return [OutcomeAsked.model_validate_json(payload) for payload in published]

    async def counts(self, period: Period = MARCH) -> Counts:
        """Every figure of both reports: slug, count and base of each line."""
        async with self.pool.connection() as connection:
            figures = [
                *await queries.press(connection, period, zone=BERLIN),
                *await queries.funnel(connection, period, zone=BERLIN),
            ]
        return {
            each.slug: tuple((line.slug, line.share.count, line.share.base) for line in each.lines)
            for each in figures
        }

    async def hears_beside(
        self, work: Callable[[Connection], Awaitable[object]], *batches: tuple[Event | Gone, ...]
    ) -> None:
        """The batches come after the work and before its commit, as far as they do not wait."""
        async with self.pool.transaction() as other:
            await work(other)
            hearing = [asyncio.create_task(self.hears(*batch)) for batch in batches]

            async def all_are_done_or_wait() -> bool:
                waiting = await self.value(WAITING)
                return waiting == len([each for each in hearing if not each.done()])

            await eventually(all_are_done_or_wait)
        await asyncio.gather(*hearing)

    def signed_in_as(self, member_id: UUID) -> None:
        claims = SessionClaims(member_id=member_id, since=NOW)
        token = SessionSigner.from_text(SESSION_KEYS.private).sign(claims.packed())
        self.http.cookies.set("session", token)


def link_to(asked: OutcomeAsked, *, expires_in: timedelta = timedelta(days=21)) -> str:
    claims = LinkClaims(
        object_id=asked.question_id,
        member_id=asked.member_id,
        organisation_id=asked.organisation_id,
        expires_at=asked.occurred_at + expires_in,
    )
    signer = LinkSigner.from_text(LinkPurpose.OUTCOME, LINK_KEY)
    return f"/surveys/outcomes/{signer.sign(claims.packed())}"


@pytest.fixture
async def surveys(make_database: MakeDatabase) -> AsyncIterator[Surveys]:
    settings = SurveysSettings(
        database_url=make_database(migrated),
        session_public_keys=(SESSION_KEYS.public,),
        form_key=LINK_KEY,
        link_keys={LinkPurpose.OUTCOME: (LINK_KEY,)},
    )
    pool = Pool(settings.database_url, application="test", transaction_seconds=60, size=5)
    await pool.open()
    clock = _Clock()
    runtime = Runtime(settings=settings, pool=pool, clock=clock)
    transport = httpx.ASGITransport(app=web(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        clock.surveys = Surveys(runtime, client)
        yield clock.surveys
    await pool.close()


class _Clock:
    """The service's clock shows what the test says."""

    surveys: Surveys

    def __call__(self) -> datetime:
        return self.surveys.now


@pytest.fixture
def linked() -> object:
    return link_to


@pytest.fixture
def as_record() -> object:
    return record_of
