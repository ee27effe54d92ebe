"""The servers are real, come back from a kill -9 with their data, and need nothing installed."""

from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from embedded.kafka import Kafka
from embedded.postgres import Postgres
from embedded.postgres_installation import CommandFailed, PostgresInstallation
from embedded.processes import Account
from embedded.testing import MakeDatabase


async def create_table(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create table listing (title text not null)")
    await connection.close()


async def titles(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("select title from listing order by title")
    await connection.close()
    return [row["title"] for row in rows]


async def add_title(url: str, title: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("insert into listing values ($1)", title)
    await connection.close()


class TestPostgres:
    def test_a_folder_where_it_may_not_be_run_is_named_with_what_to_do(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "initdb").touch(mode=0o600)
        installation = PostgresInstallation(
            programs=tmp_path, folder=tmp_path, data=tmp_path / "data", account=Account()
        )

        with pytest.raises(
            CommandFailed, match=f"^initdb may not be run in {tmp_path}. Set TMPDIR"
        ):
            installation.run("initdb")

    async def test_committed_rows_survive_a_kill(
        self, postgres_server: Postgres, make_database: MakeDatabase
    ) -> None:
        url = make_database(create_table)
        await add_title(url, "Schutzmasken")

        postgres_server.kill()
        postgres_server.start()

        assert await titles(url) == ["Schutzmasken"]

    async def test_databases_of_one_template_are_independent(
        self, make_database: MakeDatabase
    ) -> None:
        one, other = make_database(create_table), make_database(create_table)

        await add_title(one, "Dosierpumpen")

        assert await titles(one) == ["Dosierpumpen"]
        assert await titles(other) == []

    async def test_text_is_utf8_and_trigrams_are_available(
        self, make_database: MakeDatabase
    ) -> None:
        connection = await asyncpg.connect(make_database())

        await connection.execute("create extension pg_trgm")
        upper = await connection.fetchval("select upper('prüfgerät')")
        await connection.close()

        assert upper == "PRÜFGERÄT"


async def create_topic(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def publish(kafka: Kafka, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=topic)
    async with producer, producer.transaction():
        await producer.send_and_wait(topic, value)


async def first_value(kafka: Kafka, topic: str) -> object:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    async with consumer:
        consumer.assign([TopicPartition(topic, 0)])
        record = await consumer.getone()
        return record.value


class TestKafka:
    async def test_committed_records_survive_a_kill(self, kafka_server: Kafka, unique: str) -> None:
        topic = f"listing.created-{unique}"
        await create_topic(kafka_server, topic)
        await publish(kafka_server, topic, b"Schutzmasken")

        kafka_server.kill()
        kafka_server.start()

        assert await first_value(kafka_server, topic) == b"Schutzmasken"
