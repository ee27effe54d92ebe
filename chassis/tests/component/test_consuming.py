"""What a service reads: nothing lost, nothing twice, in order per key, whatever fails meanwhile."""

import asyncio
import signal
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from notebook.book import Book
from notebook.records import BROKEN, Record, record_of
from structlog.testing import capture_logs
from structlog.types import EventDict

from chassis import gate
from chassis.service import Runtime
from embedded.kafka import Kafka
from embedded.ports import free_port
from embedded.postgres import Postgres
from embedded.testing import eventually

PATIENCE = 60.0
DATABASE_OUTAGE_SECONDS = 10
BROKER_OUTAGE_SECONDS = 30
ONCE_BACK = 180.0
"""On a busy machine a broker is slow to come back, and joining a group anew with it."""
SHUTDOWN_SECONDS = 20


def counted(runtime: Runtime, name: str) -> float:
    return runtime.registry.get_sample_value(name) or 0


def happened(event: str, said: Sequence[EventDict]) -> int:
    return [each["event"] for each in said].count(event)


async def until_handled(book: Book, texts: Sequence[str]) -> None:
    """Wait until exactly these notes are handled, each once."""

    async def handled() -> None:
        assert sorted(await book.effects()) == sorted(texts)

    await eventually(handled, PATIENCE)


class Histories:
    """Some notes, each written again and again; the keys alternate."""

    def __init__(self, book: Book, *, revisions: int) -> None:
        self._book = book
        self._revisions = list(range(1, revisions + 1))
        self._notes = [uuid4() for _ in range(8)]
        self.records: list[Record] = [
            record_of(book.written(note=note, revision=revision))
            for revision in self._revisions
            for note in self._notes
        ]

    async def begun(self) -> bool:
        return bool(await self._book.value("select count(*) from effect"))

    async def until_told(self, *, patience: float = PATIENCE) -> None:
        """Wait until every revision of every note is handled: once, in order, none parked."""
        whole: dict[UUID, list[int]] = dict.fromkeys(self._notes, self._revisions)

        async def told() -> None:
            rows = await self._book.fetch(
                "select note, array_agg(revision order by n) as revisions from effect group by note"
            )
            assert {row["note"]: row["revisions"] for row in rows} == whole

        await eventually(told, patience)
        assert await self._book.parked() == []


async def send_with_a_name(name: bytes, record: Record, book: Book) -> None:
    """Send a record with a header of this name, which aiokafka's own producer would refuse."""

    class Name(str):
        __slots__ = ()

        def encode(self, *_: str) -> bytes:
            return name

    async with AIOKafkaProducer(bootstrap_servers=book.bootstrap) as producer:
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, -1, 16384)
        headers = [*record.headers, (Name("odd"), b"x")]
        batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
        await (await producer.send_batch(batch, record.topic, partition=0))


class TestOnce:
    async def test_a_record_delivered_twice_has_one_effect(self, book: Book) -> None:
        record = record_of(book.written("once"))
        await book.send(record, record)

        async with book.running():
            await until_handled(book, ["once"])
            await book.send(record, record_of(book.written("after")))
            await until_handled(book, ["once", "after"])

    async def test_a_kill_between_commit_and_offset_repeats_no_effect(self, book: Book) -> None:
        histories = Histories(book, revisions=40)
        await book.send(*histories.records)
        doomed = book.process(dies="after commit").start()
        await eventually(lambda: not doomed.running, PATIENCE)
        done = len(await book.effects())

        assert doomed.exit_code == -signal.SIGKILL
        assert done > 0
        assert await book.committed(book.events.written.topic) == 0
        async with book.running() as runtime:
            await eventually(lambda: counted(runtime, "inbox_duplicates_total") >= done, PATIENCE)
            await histories.until_told()

    async def test_several_events_of_one_batch_carry_each_its_own_cause(self, book: Book) -> None:
        stamped = [record_of(book.stamped(str(n))) for n in range(20)]
        await book.send(*stamped)

        async with book.running():
            await until_handled(book, [str(n) for n in range(20)])

        rows = await book.fetch(
            "select key, headers::jsonb ->> 'ce_causationid' as cause,"
            " headers::jsonb ->> 'ce_correlationid' as correlation from outbox"
        )
        assert {(row["key"], row["cause"], row["correlation"]) for row in rows} == {
            (each.header("ce_subject"), each.header("ce_id"), each.header("ce_correlationid"))
            for each in stamped
        }


class TestBrokenRecords:
    async def test_they_hold_up_none_of_the_five_hundred_around_them(self, book: Book) -> None:
        good = [str(n) for n in range(500)]
        records = [record_of(book.written(text)) for text in good]
        broken = [change(record_of(book.written("broken"))) for change in BROKEN.values()]
        await book.send(*records[:250], *broken, *records[250:])

        async with book.running():
            await until_handled(book, good)

        parked = {(row["key"], row["value"]) for row in await book.parked()}
        assert parked == {(each.key, each.value) for each in broken}
        assert await book.committed(book.events.written.topic) == len(records) + len(broken)

    async def test_a_header_name_that_is_not_utf8_holds_up_no_partition(self, book: Book) -> None:
        good = [str(n) for n in range(200)]
        records = [record_of(book.written(text)) for text in good]
        await book.send(*records[:100])
        await send_with_a_name(b"\xff\xfe", record_of(book.written("odd")), book)
        await book.send(*records[100:])

        async with book.running():
            await until_handled(book, good)

        (row,) = await book.parked()
        assert "not UTF-8" in row["error"]
        assert "%FF%FE" in row["headers"]

    async def test_unknown_names_are_acknowledged_and_counted(self, book: Book) -> None:
        unknown = record_of(book.written()).having(ce_type=b"note.painted.v1")
        await book.send(unknown, record_of(book.written("known")))

        async with book.running() as runtime:
            await until_handled(book, ["known"])

            async def all_committed() -> None:
                assert await book.committed(book.events.written.topic) == 2
                assert counted(runtime, "consumer_ignored_total") == 1

            await eventually(all_committed, PATIENCE)
        assert await book.parked() == []


class TestFailingHandlers:
    async def test_the_key_and_the_others_go_on_without_the_parked_record(self, book: Book) -> None:
        note = uuid4()
        guilty = record_of(book.written("guilty", note=note, trouble="refusal"))
        await book.send(
            record_of(book.written("before", note=note)),
            guilty,
            record_of(book.written("after", note=note)),
            record_of(book.written("another")),
        )

        async with book.running():
            await until_handled(book, ["before", "after", "another"])

        (row,) = await book.parked()
        assert (row["key"], row["value"]) == (guilty.key, guilty.value)

    async def test_a_connection_lost_in_a_handler_is_waited_for(self, book: Book) -> None:
        shaky = book.written("shaky", trouble="lost connection", times=3)
        await book.send(
            record_of(book.written("a")), record_of(shaky), record_of(book.written("b"))
        )

        async with book.running():
            await until_handled(book, ["a", "shaky", "b"])

        assert await book.parked() == []

    async def test_trouble_in_the_machinery_is_waited_for_and_said(self, book: Book) -> None:
        await book.fetch("alter table parked_record rename to hidden")
        await book.send(record_of(book.written("patient")))

        with capture_logs() as said:
            async with book.running():
                await eventually(lambda: happened("consumer_blocked", said), PATIENCE)
                await book.fetch("alter table hidden rename to parked_record")
                await until_handled(book, ["patient"])

        (error,) = {each["error"] for each in said if each["event"] == "consumer_blocked"}
        assert error == "UndefinedTableError"

    async def test_a_hundred_stop_the_consumer_until_it_is_resumed(self, book: Book) -> None:
        failing = [record_of(book.written(trouble="refusal")) for _ in range(gate.STOP_AFTER)]
        behind = [str(n) for n in range(300)]
        await book.send(*failing)

        async with book.running() as runtime:
            await eventually(book.is_stopped, PATIENCE)
            await eventually(lambda: counted(runtime, "consumer_stopped") == 1, PATIENCE)
            await book.send(*(record_of(book.written(text, trouble="")) for text in behind))
        with capture_logs() as said:
            async with book.running() as runtime:
                await eventually(lambda: happened("consumer_stopped", said), PATIENCE)
                await eventually(lambda: counted(runtime, "consumer_stopped") == 1, PATIENCE)
                assert await book.effects() == []
                assert len(await book.parked()) == gate.STOP_AFTER

                code, answer = await book.command("parked", "resume")
                assert (code, answer) == (0, "The consumer goes on.\n")
                await until_handled(book, behind)
                await eventually(lambda: counted(runtime, "consumer_stopped") == 0, PATIENCE)

        assert len(await book.parked()) == gate.STOP_AFTER


class TestOutages:
    async def test_a_database_gone_for_ten_seconds(
        self, book: Book, postgres_server: Postgres
    ) -> None:
        histories = Histories(book, revisions=250)
        half = len(histories.records) // 2
        async with book.running():
            await book.send(*histories.records[:half])
            await eventually(histories.begun, PATIENCE)
            postgres_server.kill()
            await book.send(*histories.records[half:])
            await asyncio.sleep(DATABASE_OUTAGE_SECONDS)
            await asyncio.to_thread(postgres_server.start)

            await histories.until_told()

    @pytest.mark.timeout(300)
    async def test_a_broker_gone_for_half_a_minute_in_which_a_replica_starts(
        self, book: Book, kafka_server: Kafka
    ) -> None:
        histories = Histories(book, revisions=250)
        half = len(histories.records) // 2
        with capture_logs() as said:
            async with book.running():
                await book.send(*histories.records[:half])
                await eventually(histories.begun, PATIENCE)
                kafka_server.kill()
                async with book.running():
                    await asyncio.sleep(BROKER_OUTAGE_SECONDS)
                    await asyncio.to_thread(kafka_server.start)
                    await book.send(*histories.records[half:])

                    await histories.until_told(patience=ONCE_BACK)
                    await eventually(lambda: happened("consumer_started", said) == 2, PATIENCE)


class TestShutdown:
    async def test_in_the_middle_of_work_ends_cleanly_and_loses_nothing(self, book: Book) -> None:
        histories = Histories(book, revisions=250)
        await book.send(*histories.records)
        with book.process() as process:
            await eventually(histories.begun, PATIENCE)

            assert process.stop(limit_seconds=SHUTDOWN_SECONDS) == 0

        async with book.running():
            await histories.until_told()

    async def test_a_handler_without_end_is_not_waited_for(self, book: Book) -> None:
        await book.send(record_of(book.written("later", trouble="endless", times=1)))
        with book.process() as process:
            await eventually(lambda: in_a_transaction(book), PATIENCE)

            assert process.stop(limit_seconds=SHUTDOWN_SECONDS) == 0

        assert await book.effects() == []
        assert await book.committed(book.events.written.topic) == 0


async def in_a_transaction(book: Book) -> bool:
    """Whether the consumer is in the middle of a transaction, busy with something else."""
    return bool(
        await book.value(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and application_name = $1 and state = 'idle in transaction'",
            f"{book.name}-consumer",
        )
    )


async def test_a_handler_that_fails_twice_parks_nothing(book: Book) -> None:
    shaky = record_of(book.written("shaky", trouble="refusal", times=2))
    await book.send(record_of(book.written("a")), shaky, record_of(book.written("b")))

    async with book.running():
        await until_handled(book, ["a", "b", "shaky"])

    assert await book.parked() == []


async def test_a_late_older_state_revives_nothing(book: Book) -> None:
    note = uuid4()
    second, third, first, fourth = (
        record_of(book.state(note=note, revision=revision)) for revision in (2, 3, 1, 4)
    )
    # The last is parked: once it is, those of its key that came before are handled.
    await book.send(second, third.saying(None), first, fourth.saying(b""))

    async with book.running():
        await eventually(book.parked, PATIENCE)

    [copy] = await book.fetch("select revision, payload from state_copy where id = $1", note)
    assert (copy["revision"], copy["payload"]) == (3, None)


async def test_of_several_brokers_one_that_answers_is_enough(book: Book) -> None:
    book.bootstrap = f"127.0.0.1:{free_port()},{book.bootstrap}"

    async with book.running():
        await book.send(record_of(book.written("found")))
        await until_handled(book, ["found"])
