"""Idempotency keys and rate limits on a real PostgreSQL: one row, one answer, one count."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from chassis import migrations
from chassis.database import Connection, Pool
from chassis.web.application import create_app
from chassis.web.idempotency import Answer, answer_once, blank_answers_about, prune_answers
from chassis.web.language import Localised
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.rate_limit import allow, prune_windows
from chassis.web.site import Site
from embedded.testing import MakeDatabase

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUBJECT = uuid4()
Post = Callable[..., Awaitable[httpx.Response]]


class Thing(BaseModel):
    name: str


@pytest.fixture
async def pool(make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Pool]:
    url = make_database()
    await migrations.apply(url, name="specimen", directory=tmp_path)
    pool = Pool(url, application="tests", size=4)
    await pool.open()
    async with pool.connection() as connection:
        await connection.execute("create table thing (id uuid primary key, name text)")
    yield pool
    await pool.close()


@pytest.fixture
async def post(pool: Pool) -> AsyncIterator[Post]:
    """Posts a thing: `await post(key, name=…, actor=…)`."""
    site = Site(name=Localised(de="Muster", en="Specimen"))
    app = create_app(
        title="specimen",
        pages=Pages("chassis.web", site=site),
        form_keys=(b"k" * 32,),
        routers=[things(pool)],
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://things.test") as client:

        async def send(
            key: str | None, name: str = "Kasten", actor: UUID = SUBJECT
        ) -> httpx.Response:
            headers = {"X-Actor": str(actor)} | ({"Idempotency-Key": key} if key else {})
            return await client.post("/api/things", json={"name": name}, headers=headers)

        yield send


def things(pool: Pool) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.post("/things")
    async def create(request: Request, thing: Thing) -> Response:
        async with pool.transaction() as connection:

            async def command() -> Answer:
                return await make(connection, thing.name)

            actor = UUID(request.headers["X-Actor"])
            return await answer_once(connection, request, command, actor=actor)

    return router


async def make(connection: Connection, name: str) -> Answer:
    made = uuid4()
    await connection.execute("insert into thing values ($1, $2)", made, name)
    if name == "refused":
        raise Problem(409)
    body = {"name": name, "id": str(made), "amount": 1.5}
    return Answer(
        status=201, body=body, headers={"Location": f"/things/{made}"}, subjects=[SUBJECT]
    )


async def count(pool: Pool, table: str) -> int:
    async with pool.connection() as connection:
        rows: int = await connection.fetchval(f"select count(*) from {table}")
    return rows


class TestIdempotencyKey:
    async def test_the_same_request_gets_the_same_answer(self, post: Post, pool: Pool) -> None:
        first = await post("key-1")
        again = await post("key-1")

        assert first.status_code == 201
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["Location"] == first.headers["Location"]
        assert await count(pool, "thing") == 1

    async def test_requests_at_the_same_time_make_one_row(self, post: Post, pool: Pool) -> None:
        answers = await asyncio.gather(*(post("key-1") for _ in range(6)))

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert await count(pool, "thing") == 1

    async def test_another_body_under_the_key_is_refused(self, post: Post, pool: Pool) -> None:
        await post("key-1")
        answer = await post("key-1", name="Anderes")

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
        assert await count(pool, "thing") == 1

    async def test_another_actor_may_use_the_same_key(self, post: Post, pool: Pool) -> None:
        first = await post("key-1")
        other = await post("key-1", actor=uuid4())

        assert first.json()["id"] != other.json()["id"]
        assert await count(pool, "thing") == 2

    async def test_a_refused_command_leaves_neither_row_nor_key(
        self, post: Post, pool: Pool
    ) -> None:
        assert (await post("key-1", name="refused")).status_code == 409

        assert await count(pool, "thing") == 0
        assert await count(pool, "idempotent_answer") == 0
        assert (await post("key-1")).status_code == 201

    @pytest.mark.parametrize("key", ["x" * 256, "a\tb"])
    async def test_an_unusable_key_is_refused(self, post: Post, pool: Pool, key: str) -> None:
        assert (await post(key)).status_code == 422
        assert await count(pool, "thing") == 0

    async def test_without_a_key_each_request_counts(self, post: Post, pool: Pool) -> None:
        await post(None)
        await post(None)

        assert await count(pool, "thing") == 2

    async def test_erasure_blanks_the_answer_and_keeps_the_key(
        self, post: Post, pool: Pool
    ) -> None:
        await post("key-1")
        async with pool.transaction() as connection:
            await blank_answers_about(connection, SUBJECT)

        assert (await post("key-1")).status_code == 410
        assert await count(pool, "thing") == 1

    async def test_old_answers_are_pruned(self, post: Post, pool: Pool) -> None:
        await post("key-1")
        async with pool.transaction() as connection:
            await prune_answers(connection, before=datetime.now(UTC) + HOUR)

        assert await count(pool, "idempotent_answer") == 0


class TestRateLimit:
    async def test_the_limit_holds_for_attempts_at_the_same_time(self, pool: Pool) -> None:
        allowed = await asyncio.gather(*(attempt(pool, NOW) for _ in range(8)))

        assert sum(allowed) == 3

    async def test_the_window_slides(self, pool: Pool) -> None:
        assert [await attempt(pool, NOW) for _ in range(4)] == [True, True, True, False]

        assert not await attempt(pool, NOW + HOUR + timedelta(minutes=1))
        assert await attempt(pool, NOW + 3 * HOUR)

    async def test_buckets_do_not_touch_each_other(self, pool: Pool) -> None:
        for _ in range(4):
            await attempt(pool, NOW)

        assert await attempt(pool, NOW, bucket="other")

    async def test_old_windows_are_pruned(self, pool: Pool) -> None:
        await attempt(pool, NOW)
        async with pool.transaction() as connection:
            await prune_windows(connection, before=NOW + HOUR)

        assert await count(pool, "rate_limit") == 0


async def attempt(pool: Pool, now: datetime, bucket: str = "bucket") -> bool:
    async with pool.transaction() as connection:
        return await allow(connection, bucket, limit=3, per=HOUR, now=now)
