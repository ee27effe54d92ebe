"""The plain reader keeps what a subscriber may rely on: committed records, each id once."""

from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from embedded.demo_topics import Record, _read
from embedded.kafka import Kafka


async def make_topic(kafka: Kafka, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=2, replication_factor=1)])
    finally:
        await admin.close()


async def publish(kafka: Kafka, topic: str, ids: Sequence[str], *, commits: bool = True) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=topic)
    async with producer:
        await producer.begin_transaction()
        for each in ids:
            headers = [("ce_id", each.encode()), ("ce_type", b"listing.created.v1")]
            await producer.send_and_wait(topic, b'{"kind": "offer"}', key=b"1", headers=headers)
        await (producer.commit_transaction() if commits else producer.abort_transaction())


async def read(kafka: Kafka, topic: str) -> list[Record]:
    return list(await _read(kafka.bootstrap, topic))


class TestPlainReader:
    async def test_a_record_is_what_was_published(self, kafka_server: Kafka, unique: str) -> None:
        await make_topic(kafka_server, unique)
        await publish(kafka_server, unique, ["a"])

        (record,) = await read(kafka_server, unique)

        assert (record.id, record.key, record.type) == ("a", "1", "listing.created.v1")
        assert record.data == {"kind": "offer"}

    async def test_what_was_published_twice_is_read_once(
        self, kafka_server: Kafka, unique: str
    ) -> None:
        await make_topic(kafka_server, unique)
        await publish(kafka_server, unique, ["a", "b"])
        await publish(kafka_server, unique, ["b", "c"])

        assert [record.id for record in await read(kafka_server, unique)] == ["a", "b", "c"]

    async def test_what_was_given_up_is_not_read(self, kafka_server: Kafka, unique: str) -> None:
        await make_topic(kafka_server, unique)
        await publish(kafka_server, unique, ["a"], commits=False)
        await publish(kafka_server, unique, ["b"])

        assert [record.id for record in await read(kafka_server, unique)] == ["b"]
