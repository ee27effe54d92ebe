"""What the benches of chassis write and read: a small event, a service, servers of their own."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Literal
from uuid import UUID, uuid4

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from chassis import migrations
from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection, single_connection
from chassis.outbox import Outbox
from chassis.provisioning import Topic, provision
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.sweeps import Sweeps
from embedded.kafka import Kafka
from embedded.postgres import Postgres

ASK_SECONDS = 0.5
KEYS = 200
PARTITIONS = 6
PUBLISHED = "outbox where published_at is not null"
FORM_KEY = "k" * 43
EFFECT = "insert into effect (note_id, revision) select * from unnest($1::uuid[], $2::bigint[])"


class NoteWritten(BaseModel):
    model_config = ConfigDict(frozen=True)
    name: ClassVar[str] = "note.written"
    version: ClassVar[int] = 1
    topic: ClassVar[str] = "note.written"
    traced: ClassVar[bool] = True
    personal: ClassVar[bool] = False
    role: ClassVar[Literal["fact", "state"]] = "fact"

    note_id: UUID
    revision: int
    text: str = "Edelstahlteile, gefräst, kleine Serien; Lieferung innerhalb von zwei Wochen. " * 6

    @classmethod
    def type(cls) -> str:
        return f"{cls.name}.v{cls.version}"

    def aggregate_id(self) -> UUID:
        return self.note_id

    def subjects(self) -> tuple[UUID, ...]:
        return ()


def notes(count: int) -> list[NoteWritten]:
    """Revisions of many notes, one after the other."""
    keys = [uuid4() for _ in range(KEYS)]
    return [
        NoteWritten(note_id=keys[number % KEYS], revision=number // KEYS + 1)
        for number in range(count)
    ]


async def keep_effects(connection: Connection, events: Sequence[NoteWritten]) -> None:
    """What both consumers do with a batch."""
    await connection.execute(
        EFFECT, [event.note_id for event in events], [event.revision for event in events]
    )


def notebook(name: str = "notebook") -> Service:
    consumers = Consumers()

    @consumers.on_batch(NoteWritten)
    async def on_notes(events: Sequence[NoteWritten], transaction: Connection) -> None:
        await keep_effects(transaction, events)

    return Service(
        name=name,
        settings=ServiceSettings,
        migrations=Path(),
        outbox=Outbox([NoteWritten]),
        consumers=consumers,
        sweeps=Sweeps(),
        web=lambda _runtime: FastAPI(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One broker and a new database for each run."""

    kafka: Kafka
    postgres: Postgres

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        name = f"bench_{uuid4().hex[:12]}"
        url = self.postgres.create_database(name)
        with TemporaryDirectory() as empty:
            await migrations.apply(url, name="bench", directory=Path(empty))
        async with single_connection(url, application="bench") as connection:
            await connection.execute("create table effect (note_id uuid, revision bigint)")
        yield url
        self.postgres.drop_database(name)

    async def make_topic(self) -> None:
        topic = Topic(name=NoteWritten.topic, purpose="bench", partitions=PARTITIONS, config={})
        await provision(self.kafka.bootstrap, [topic], replication=1, min_insync=1)

    def settings(self, url: str) -> ServiceSettings:
        return ServiceSettings(
            database_url=url,
            kafka_bootstrap=self.kafka.bootstrap,
            form_key=FORM_KEY,
            sweep_seconds=3600,
        )


@contextmanager
def servers() -> Iterator[Bench]:
    with Kafka() as kafka, Postgres(durable=False) as postgres:
        yield Bench(kafka=kafka, postgres=postgres)


async def append(url: str, events: Sequence[NoteWritten]) -> None:
    async with single_connection(url, application="bench") as connection, connection.transaction():
        await notebook().outbox.append_many(connection, events, cause=Cause.new())


async def reached(url: str, table: str, rows: int) -> None:
    """Wait on one connection and ask seldom, so as not to be measured along."""
    async with single_connection(url, application="bench") as connection:
        while await connection.fetchval(f"select count(*) from {table}") < rows:  # noqa: ASYNC110
            await asyncio.sleep(ASK_SECONDS)


async def rate(url: str, table: str, column: str) -> float:
    """Rows a second, by the database's own clock, from the first row to the last."""
    async with single_connection(url, application="bench") as connection:
        row = await connection.fetchrow(
            f"select count(*) / extract(epoch from max({column}) - min({column})) as rate"
            f" from {table}"
        )
    return float(row["rate"]) if row else 0.0
