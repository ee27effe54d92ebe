"""What cannot be handled is kept byte for byte, alone, and never empties a topic into the table."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import pytest
from notebook.desk import Desk
from notebook.records import BROKEN, Record, record_of
from structlog.testing import capture_logs

from chassis import gate, outbox, parking
from chassis.delivery import ConsumerStopped, TransientFailure
from chassis.parking import RawRecord
from embedded.testing import eventually


def written(desk: Desk, text: str = "", **fields: Any) -> Record:
    return record_of(desk.book.written(text, **fields))


def refused(desk: Desk, count: int) -> list[Record]:
    return [written(desk, f"refused {n}", trouble="refusal") for n in range(count)]


def broken(desk: Desk, count: int) -> list[Record]:
    return [written(desk).saying(b"{") for _ in range(count)]


async def parked(desk: Desk) -> list[RawRecord | None]:
    """What is parked, as it was read from Kafka."""
    rows = await desk.book.parked()
    async with desk.pool.transaction() as transaction:
        return [await parking.record_of(transaction, row["id"]) for row in rows]


async def parked_errors(desk: Desk) -> list[str]:
    return [row["error"] for row in await desk.book.parked()]


class TestUndecodable:
    @pytest.mark.parametrize("broken", BROKEN)
    async def test_is_parked_byte_for_byte_and_its_neighbours_are_handled(
        self, desk: Desk, broken: str
    ) -> None:
        bad = BROKEN[broken](written(desk, "bad"))
        records = desk.read(written(desk, "a"), bad, written(desk, "b"))

        await desk.hand(records)

        assert await desk.book.effects() == ["a", "b"]
        assert await parked(desk) == [records[1]]

    async def test_personal_data_stay_out_of_the_error(self, desk: Desk) -> None:
        bad = written(desk).saying(b'{"note": "Erika Muster"}')

        await desk.hand(desk.read(bad))

        (error,) = await parked_errors(desk)
        assert "note: uuid_parsing" in error
        assert "Erika" not in error

    @pytest.mark.parametrize("timestamp", [-1, 2**62], ids=["none", "beyond all calendars"])
    async def test_an_impossible_time_is_no_obstacle(self, desk: Desk, timestamp: int) -> None:
        await desk.hand(desk.read(*broken(desk, 1), timestamp=timestamp))

        assert len(await desk.book.parked()) == 1


class TestUnknownNames:
    @pytest.mark.parametrize("name", [b"note.painted.v1", b"gibberish"])
    async def test_are_passed_over_and_counted(self, desk: Desk, name: bytes) -> None:
        await desk.hand(desk.read(written(desk).having(ce_type=name), written(desk, "known")))

        assert await desk.book.effects() == ["known"]
        assert await desk.book.parked() == []
        assert desk.registry.get_sample_value("consumer_ignored_total") == 1

    async def test_a_heartbeat_is_nobody_s_business(self, desk: Desk) -> None:
        await desk.hand(desk.read(written(desk).having(ce_type=b"heartbeat.v1", ce_time=None)))

        assert await desk.book.parked() == []
        assert desk.registry.get_sample_value("consumer_ignored_total") == 0


class TestFailingHandler:
    async def test_one_that_fails_twice_parks_nothing(self, desk: Desk) -> None:
        shaky = written(desk, "shaky", trouble="refusal", times=2)

        await desk.hand(desk.read(written(desk, "a"), shaky, written(desk, "b")))

        assert await desk.book.effects() == ["a", "shaky", "b"]
        assert await desk.book.parked() == []

    @pytest.mark.parametrize("trouble", ["refusal", "zero byte", "lone surrogate", "missing file"])
    async def test_one_that_always_fails_parks_the_guilty_record_alone(
        self, desk: Desk, trouble: str
    ) -> None:
        note = uuid4()
        guilty = written(desk, "guilty", note=note, trouble=trouble)
        later = written(desk, "later of the same key", note=note, revision=2)
        records = desk.read(written(desk, "a"), guilty, later, written(desk, "b"))

        await desk.hand(records)

        assert await desk.book.effects() == ["a", "later of the same key", "b"]
        assert await parked(desk) == [records[1]]

    async def test_a_batch_handler_parks_the_guilty_record_alone(self, desk: Desk) -> None:
        notes = [record_of(desk.book.stamped(text)) for text in "ab"]
        guilty = record_of(desk.book.stamped("guilty", trouble="refusal"))

        await desk.hand(desk.read(notes[0], guilty, notes[1]))

        assert await desk.book.effects() == ["a", "b"]
        assert await desk.book.value("select count(*) from outbox") == 2
        assert len(await desk.book.parked()) == 1

    async def test_what_a_parked_record_is_about_can_be_erased(self, desk: Desk) -> None:
        note = uuid4()

        await desk.hand(desk.read(written(desk, note=note, trouble="refusal")))

        (row,) = await desk.book.parked()
        assert row["subjects"] == [note]

    async def test_personal_data_stay_out_of_the_error(self, desk: Desk) -> None:
        await desk.book.fetch("create unique index effect_text on effect (text)")

        await desk.hand(desk.read(*(written(desk, "Erika Muster") for _ in "ab")))

        (error,) = await parked_errors(desk)
        assert error.startswith("UniqueViolationError")
        assert error.endswith('violates unique constraint "effect_text"')

    async def test_a_lost_connection_parks_nothing(self, desk: Desk) -> None:
        records = desk.read(written(desk, "a"), written(desk, "b", trouble="lost connection"))

        with pytest.raises(TransientFailure):
            await desk.hand(records)

        assert await desk.book.effects() == []
        assert await desk.book.parked() == []

    async def test_one_that_never_ends_is_parked_and_the_others_are_handled(
        self, desk: Desk
    ) -> None:
        records = [written(desk, text) for text in "abc"]
        endless = written(desk, "endless", trouble="endless")

        await desk.hand(desk.read(*records[:2], endless, records[2]), work_seconds=0.5)

        assert await desk.book.effects() == ["a", "b", "c"]
        (error,) = await parked_errors(desk)
        assert error.startswith("needs more time")

    async def test_a_database_that_stalls_for_a_while_parks_nothing(self, desk: Desk) -> None:
        records = desk.read(written(desk, "innocent"))

        with capture_logs() as said:
            async with asyncio.TaskGroup() as tasks, desk.pool.transaction() as transaction:
                await transaction.execute("lock table inbox in access exclusive mode")
                tasks.create_task(desk.hand(records, work_seconds=1))
                await eventually(lambda: "batch_overran" in {each["event"] for each in said})

        assert await desk.book.effects() == ["innocent"]
        assert await desk.book.parked() == []

    async def test_one_that_fails_after_an_overrun_is_tried_like_any_other(
        self, desk: Desk
    ) -> None:
        shaky = desk.book.written("shaky", trouble="slow, then refusal", times=3)

        await desk.hand(desk.read(record_of(shaky)), work_seconds=0.5)

        assert await desk.book.effects() == ["shaky"]
        assert await desk.book.parked() == []

    async def test_one_that_always_fails_after_an_overrun_is_parked_for_what_it_raised(
        self, desk: Desk
    ) -> None:
        guilty = written(desk, trouble="slow, then refusal")

        await desk.hand(desk.read(guilty), work_seconds=0.5)

        (error,) = await parked_errors(desk)
        assert error.startswith("Unwilling")


MANY: dict[str, Callable[[Desk, int], Sequence[Record]]] = {
    "refused": refused,
    "undecodable": broken,
}


@pytest.mark.parametrize("many", MANY.values(), ids=MANY)
class TestStopRule:
    async def test_the_hundredth_parked_in_a_row_stops_the_consumer(
        self, desk: Desk, many: Callable[[Desk, int], Sequence[Record]]
    ) -> None:
        with pytest.raises(ConsumerStopped):
            await desk.hand(desk.read(*many(desk, 150), written(desk, "behind")))

        assert len(await desk.book.parked()) == gate.STOP_AFTER
        assert await desk.book.effects() == []

    async def test_a_stopped_consumer_takes_nothing_until_it_is_resumed(
        self, desk: Desk, many: Callable[[Desk, int], Sequence[Record]]
    ) -> None:
        records = desk.read(*many(desk, 150), written(desk, "behind"))
        for _ in range(2):
            with pytest.raises(ConsumerStopped):
                await desk.hand(records)

        async with desk.pool.transaction() as transaction:
            assert await gate.resume(transaction, desk.book.name)
        await desk.hand(records)

        assert await desk.book.effects() == ["behind"]
        assert len(await desk.book.parked()) == 150

    async def test_a_success_begins_the_count_anew(
        self, desk: Desk, many: Callable[[Desk, int], Sequence[Record]]
    ) -> None:
        await desk.hand(desk.read(*many(desk, 60), written(desk, "good"), *many(desk, 60)))

        assert len(await desk.book.parked()) == 120

    async def test_records_delivered_again_are_no_success(
        self, desk: Desk, many: Callable[[Desk, int], Sequence[Record]]
    ) -> None:
        records = desk.read(written(desk, "good"), *many(desk, 60))
        await desk.hand(records)

        await desk.hand(records)
        with pytest.raises(ConsumerStopped):
            await desk.hand(desk.read(*many(desk, 60)))

        assert len(await desk.book.parked()) == gate.STOP_AFTER
        assert await desk.book.effects() == ["good"]


class TestDecisions:
    async def test_a_record_is_handled_again_when_its_handler_is_mended(self, desk: Desk) -> None:
        guilty = desk.book.written("mended", trouble="refusal")
        await desk.hand(desk.read(record_of(guilty)))
        (row,) = await desk.book.parked()

        code, said = await desk.book.command("parked", "replay", str(row["id"]))
        assert code == 1
        assert "told to" in said
        await desk.book.fetch("insert into cure values ($1)", guilty.note)

        assert await desk.book.command("parked", "replay", str(row["id"])) == (0, "Handled.\n")
        assert await desk.book.effects() == ["mended"]
        _, said = await desk.book.command("parked", "replay", str(row["id"]))
        assert said.startswith("No parked record")
        assert await desk.book.effects() == ["mended"]

    async def test_a_record_is_given_up_by_name(self, desk: Desk) -> None:
        await desk.hand(desk.read(*broken(desk, 1)))
        (row,) = await desk.book.parked()

        _, listed = await desk.book.command("parked", "list")
        _, shown = await desk.book.command("parked", "show", str(row["id"]))
        code, said = await desk.book.command("parked", "discard", str(row["id"]))
        _, listed_after = await desk.book.command("parked", "list")

        assert "undecodable" in listed
        assert shown.endswith("b'{'\n")
        assert (code, said) == (0, "Discarded.\n")
        assert listed_after.startswith("0 parked")
        assert await desk.book.value("select count(*) from operator_action") == 1

    async def test_an_undecodable_record_stays_parked_when_it_is_handed_over_again(
        self, desk: Desk
    ) -> None:
        await desk.hand(desk.read(*broken(desk, 1)))
        (row,) = await desk.book.parked()

        code, said = await desk.book.command("parked", "replay", str(row["id"]))

        assert code == 1
        assert said.startswith("Still undecodable")
        assert (await desk.book.parked())[0]["resolved_at"] is None

    async def test_a_record_handled_at_last_leaves_nothing_of_what_it_said(
        self, desk: Desk
    ) -> None:
        state = desk.book.newer_state("Erika Muster", note=uuid4(), revision=1)
        records = desk.read(record_of(state))
        await desk.hand(records)
        (row,) = await desk.book.parked()
        desk.book.upgrade()

        assert await desk.book.command("parked", "replay", str(row["id"])) == (0, "Handled.\n")
        await desk.hand(records)

        await demand_blank(desk, error="undecodable")
        assert await desk.book.value("select count(*) from state_copy") == 1

    async def test_a_record_given_up_leaves_nothing_of_what_it_said(self, desk: Desk) -> None:
        records = desk.read(written(desk, "Erika Muster", trouble="zero byte"))
        await desk.hand(records)
        (row,) = await desk.book.parked()

        await desk.book.command("parked", "discard", str(row["id"]))
        await desk.hand(records)

        await demand_blank(desk, error=row["error"].partition(":")[0])

    async def test_an_erasure_leaves_nothing_of_it_either(self, desk: Desk) -> None:
        note = uuid4()
        await desk.hand(desk.read(written(desk, note=note, trouble="refusal")))

        async with desk.pool.transaction() as transaction:
            await outbox.blank(transaction, note)

        await demand_blank(desk, error="erased")


async def demand_blank(desk: Desk, *, error: str) -> None:
    (row,) = await desk.book.parked()
    assert row["resolved_at"] is not None
    assert (row["key"], row["headers"], row["value"]) == (None, "[]", None)
    assert row["error"] == error
