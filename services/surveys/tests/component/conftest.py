"""A real database, the real consumer in front of it, and the real application behind HTTP."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import CollectorRegistry

from chassis import migrations
from chassis.cause import Cause
from chassis.database import Pool
from chassis.delivery import Delivery
from chassis.envelope import Gone, headers_of, headers_of_gone
from chassis.event import Event
from chassis.metrics import ConsumerMetrics
from chassis.service import Runtime
from chassis.signing import LinkSigner, SessionSigner, generate_link_key, generate_session_keys
from chassis.sweeps import Sweeper
from embedded.testing import MakeDatabase
from schemas.claims import LinkClaims, SessionClaims
from schemas.links import LinkPurpose
from schemas.outcome import OutcomeAsked
from surveys.app import service, web
from surveys.settings import SurveysSettings

SESSION_KEYS = generate_session_keys()
LINK_KEY = generate_link_key()
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


async def migrated(url: str) -> None:
    await migrations.apply(url, name=service.name, directory=service.migrations)


@dataclass(frozen=True, kw_only=True)
class ARecord:
    """What the consumer sees of a Kafka record."""

    topic: str
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None
    key: bytes
    partition: int = 0
    offset: int = field(default_factory=lambda: uuid4().int % 2**60)
    timestamp: int = 1_772_000_000_000


def record_of(message: Event | Gone, event_id: UUID | None = None) -> ARecord:
    cause = Cause.new()
    event_id = event_id or uuid4()
    if isinstance(message, Gone):
        headers = headers_of_gone(message, event_id=event_id, cause=cause)
        topic, key, value = message.state.topic, message.id, None
    else:
        headers = headers_of(message, event_id=event_id, cause=cause)
        topic, key = message.topic, message.aggregate_id()
        value = message.model_dump_json().encode()
    headers["ce_source"] = "https://cluster.example/others"
    encoded = [(name, text.encode()) for name, text in headers.items()]
    return ARecord(topic=topic, headers=encoded, value=value, key=str(key).encode())


class Surveys:
    """The service as the outside sees it: events in, time passing, HTTP; and its tables."""

    def __init__(self, runtime: Runtime, client: httpx.AsyncClient) -> None:
        self.pool: Pool = runtime.pool
        self.http = client
        self.now = NOW
        self._delivery = Delivery(
            service.name,
            consumers=service.consumers,
            pool=runtime.pool,
            metrics=ConsumerMetrics(CollectorRegistry()),
        )

    async def hears(self, *messages: Event | Gone) -> None:
        await self.receives(*map(record_of, messages))

    async def receives(self, *records: ARecord) -> None:
        await self._delivery.handle(records)
        assert await self.value("select count(*) from parked_record") == 0

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
    pool = Pool(settings.database_url, application="test", size=3)
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
