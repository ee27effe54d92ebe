"""Copies of others' states: written by a higher revision only, buried for good, read again."""

import asyncio
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from notebook.book import Book
from notebook.desk import Desk
from notebook.records import record_of
from structlog.testing import capture_logs
from structlog.types import EventDict

from chassis import copies
from embedded.testing import eventually

PATIENCE = 60.0


async def copy_of(desk: Desk, note: UUID) -> int | None:
    """The revision of the copy; None where there is none or it is buried."""
    async with desk.pool.transaction() as connection:
        found = await copies.find(connection, desk.book.events.state, note)
    return None if found is None else found.revision


class TestCopies:
    async def test_a_late_older_state_revives_nothing(self, desk: Desk) -> None:
        note = uuid4()
        gone = record_of(desk.book.state(note=note, revision=3)).saying(None)
        await desk.hand(desk.read(record_of(desk.book.state(note=note, revision=2)), gone))

        await desk.hand(desk.read(record_of(desk.book.state(note=note, revision=1))))

        assert await copy_of(desk, note) is None
        assert await desk.book.value("select revision from state_copy where id = $1", note) == 3

    async def test_a_newer_state_stands_after_its_deletion(self, desk: Desk) -> None:
        note = uuid4()
        gone = record_of(desk.book.state(note=note, revision=3)).saying(None)

        await desk.hand(desk.read(gone, record_of(desk.book.state(note=note, revision=4))))

        assert await copy_of(desk, note) == 4

    async def test_an_older_state_overwrites_nothing(self, desk: Desk) -> None:
        note = uuid4()
        newer, older = (record_of(desk.book.state(note=note, revision=n)) for n in (7, 5))

        await desk.hand(desk.read(newer, older))
        await desk.hand(desk.read(older))

        assert await copy_of(desk, note) == 7

    async def test_the_same_revision_mends_a_copy_that_differs(self, desk: Desk) -> None:
        note = uuid4()
        state = record_of(desk.book.state("right", note=note, revision=2))
        await desk.hand(desk.read(state))
        await spoil(desk.book)

        await desk.hand(desk.read(record_of(desk.book.state("late", note=note, revision=1)), state))

        assert await text_of(desk.book, note) == "right"

    async def test_of_one_revision_in_a_batch_the_last_counts(self, desk: Desk) -> None:
        note = uuid4()
        said = [desk.book.state(text, note=note, revision=2) for text in "abcdefgh"]

        await desk.hand(desk.read(*map(record_of, said)))

        assert await text_of(desk.book, note) == "h"

    async def test_the_same_revision_revives_and_buries_nothing(self, desk: Desk) -> None:
        buried, kept = uuid4(), uuid4()
        states = [record_of(desk.book.state(note=note, revision=2)) for note in (buried, kept)]
        await desk.hand(desk.read(states[0].saying(None), states[1]))

        await desk.hand(desk.read(states[0], states[1].saying(None)))

        assert (await copy_of(desk, buried), await copy_of(desk, kept)) == (None, 2)

    async def test_the_same_state_again_writes_nothing(self, desk: Desk) -> None:
        state = record_of(desk.book.state(note=uuid4(), revision=1))
        await desk.hand(desk.read(state))
        version = await desk.book.value("select ctid from state_copy")

        await desk.hand(desk.read(state))

        assert await desk.book.value("select ctid from state_copy") == version

    async def test_an_empty_value_is_no_tombstone(self, desk: Desk) -> None:
        note = uuid4()
        empty = record_of(desk.book.state(note=note, revision=2)).saying(b"")

        await desk.hand(desk.read(record_of(desk.book.state(note=note, revision=1)), empty))

        assert await copy_of(desk, note) == 1
        assert len(await desk.book.parked()) == 1

    async def test_a_tombstone_without_revision_is_parked(self, desk: Desk) -> None:
        note = uuid4()
        state = record_of(desk.book.state(note=note, revision=1))

        await desk.hand(desk.read(state, state.saying(None).without("ce_revision")))

        assert await copy_of(desk, note) == 1
        assert len(await desk.book.parked()) == 1


class TestTwoReaders:
    @pytest.mark.parametrize("later_is_gone", [True, False])
    async def test_take_the_rows_of_a_batch_in_one_order_however_it_came(
        self, desk: Desk, *, later_is_gone: bool
    ) -> None:
        earlier, later = sorted((uuid4(), uuid4()))
        first, second = (record_of(desk.book.state(note=n, revision=1)) for n in (earlier, later))
        await desk.hand(desk.read(first, second))
        news = record_of(desk.book.state(note=later, revision=2))
        gone = record_of(desk.book.state(note=earlier, revision=2)).saying(None)
        batch = desk.read(news.saying(None) if later_is_gone else news, gone)

        async with desk.pool.transaction() as other_reader:
            await other_reader.execute("select from state_copy where id = $1 for update", later)
            handing = asyncio.create_task(desk.hand(batch))
            await eventually(lambda: waits(desk.book), PATIENCE)
            free = await other_reader.fetch(
                "select id from state_copy where id = $1 for update skip locked", earlier
            )
        await handing

        assert free == []
        assert await copy_of(desk, earlier) is None


class TestRewind:
    async def test_states_are_read_again_and_no_fact_is_handled_twice(self, book: Book) -> None:
        states = [record_of(book.state(note=uuid4(), revision=1)) for _ in range(30)]
        await book.send(*states, record_of(book.written("fact")))

        async with book.running():
            await eventually(lambda: kept(book, 30), PATIENCE)
            await book.fetch("delete from state_copy")
            code, said = await book.command("consumer", "rewind", book.events.state.topic)

            assert code == 0, said
            await eventually(lambda: kept(book, 30), PATIENCE)
            assert await book.value("select count(*) from consumer_rewind") == 0
        assert await book.effects() == ["fact"]

    async def test_it_is_not_lost_to_a_batch_that_fails_meanwhile(self, book: Book) -> None:
        await book.send(*(record_of(book.state(note=uuid4(), revision=1)) for _ in range(30)))
        async with book.running():
            await eventually(lambda: kept(book, 30), PATIENCE)
            await book.fetch("alter table consumer_gate rename to hidden")
            with capture_logs() as said:
                await book.send(*(record_of(book.state(note=uuid4(), revision=1)) for _ in "ab"))
                await eventually(lambda: happened("consumer_blocked", said), PATIENCE)
                await book.fetch("delete from state_copy")
                await book.command("consumer", "rewind", book.events.state.topic)
                await eventually(lambda: happened("partition_rewound", said) == 2, PATIENCE)
                failed = happened("consumer_blocked", said)
                await eventually(lambda: happened("consumer_blocked", said) > failed, PATIENCE)
            await book.fetch("alter table hidden rename to consumer_gate")

            await eventually(lambda: kept(book, 32), PATIENCE)

    async def test_a_wrong_copy_is_mended(self, book: Book) -> None:
        note = uuid4()
        await book.send(record_of(book.state("right", note=note, revision=1)))
        async with book.running():
            await eventually(lambda: kept(book, 1), PATIENCE)
            await spoil(book)

            await book.command("consumer", "rewind", book.events.state.topic)

            await eventually(lambda: says(book, note, "right"), PATIENCE)

    async def test_a_discarded_state_comes_again_when_its_reader_is_upgraded(
        self, book: Book
    ) -> None:
        note = uuid4()
        await book.send(record_of(book.newer_state("at last", note=note, revision=1)))
        async with book.running():
            await eventually(book.parked, PATIENCE)
        (row,) = await book.parked()
        await book.command("parked", "discard", str(row["id"]))
        book.upgrade()

        async with book.running():
            await book.command("consumer", "rewind", book.events.state.topic)

            await eventually(lambda: says(book, note, "at last"), PATIENCE)
        assert await book.parked() == []


async def waits(book: Book) -> bool:
    waiting = "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
    return bool(await book.value(f"{waiting} and datname = current_database())"))


async def spoil(book: Book) -> None:
    await book.fetch('update state_copy set payload = payload || \'{"text": "wrong"}\'')


async def text_of(book: Book, note: UUID) -> str | None:
    rows = await book.fetch("select payload ->> 'text' from state_copy where id = $1", note)
    return rows[0][0] if rows else None


async def says(book: Book, note: UUID, text: str) -> bool:
    return await text_of(book, note) == text


def happened(event: str, said: Sequence[EventDict]) -> int:
    return [each["event"] for each in said].count(event)


async def kept(book: Book, count: int) -> bool:
    return bool(await book.value("select count(*) = $1 from state_copy", count))
