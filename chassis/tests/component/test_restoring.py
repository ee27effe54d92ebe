"""A database that forgot, and a topic that lost something: both end where the tables are."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka.errors import KafkaConnectionError
from almanac.almanac import Almanac, ids
from almanac.fixtures import an_almanac, an_offline_almanac  # noqa: F401 - fixtures

from chassis import offsets
from chassis.brakes import MANY_ROWS
from chassis.cause import Cause
from chassis.convergence import Differences, republish_differences
from chassis.envelope import Gone
from chassis.state_watch import NAME, StateWatch
from chassis.topic_states import LastWord, last_words
from embedded.testing import eventually

ONCE_STARTED = 60


@pytest.fixture
async def told(almanac: Almanac) -> UUID:
    """An entry that is in its table and on its topic, in revision 1."""
    entry_id = uuid4()
    await almanac.execute("insert into entry (id, revision, text) values ($1, 1, '')", entry_id)
    await almanac.append(almanac.events.state(entry_id=entry_id, revision=1))
    await publish_all(almanac)
    return entry_id


async def publish_all(almanac: Almanac) -> None:
    async with almanac.relay().running():
        await eventually(almanac.all_published, timeout=ONCE_STARTED)


async def words(almanac: Almanac) -> dict[UUID, LastWord]:
    state = almanac.events.state
    return dict((await last_words(almanac.bootstrap, [state]))[state])


async def compared(almanac: Almanac, *, since: datetime | None = None) -> Differences:
    read = await last_words(almanac.bootstrap, [almanac.events.state])
    async with almanac.transaction() as connection:
        return await republish_differences(
            connection,
            almanac.service.outbox,
            almanac.service.owned,
            read,
            read_since=since or await connection.fetchval("select clock_timestamp()"),
            now=datetime.now(UTC),
            cause=Cause.new(),
        )


async def forget(almanac: Almanac, entry_id: UUID) -> None:
    """As a restore does: neither the row nor what was said about it is there."""
    await almanac.execute("delete from entry where id = $1", entry_id)
    await almanac.execute("delete from outbox where key = $1", str(entry_id))


class Nights:
    """A clock that stands at three in the morning."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 24, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def passes(self) -> None:
        self._now += timedelta(days=1)


def watching(almanac: Almanac, clock: Nights, *, bootstrap: str = "") -> StateWatch:
    return StateWatch(
        almanac.service.outbox,
        almanac.service.owned,
        database_url=almanac.url,
        bootstrap_servers=bootstrap or almanac.bootstrap,
        clock=clock,
    )


class TestLastWords:
    async def test_are_the_last_of_each_key_and_know_tombstones(
        self, almanac: Almanac, told: UUID
    ) -> None:
        gone_id = uuid4()
        await almanac.append(almanac.events.state(entry_id=told, revision=5))
        await bury(almanac, gone_id, revision=7)
        await publish_all(almanac)

        found = await words(almanac)

        assert found == {
            told: LastWord(revision=5, is_gone=False),
            gone_id: LastWord(revision=7, is_gone=True),
        }


class TestComparison:
    async def test_finds_nothing_where_topic_and_tables_agree(
        self, almanac: Almanac, told: UUID
    ) -> None:
        assert await compared(almanac) == Differences(said=0, buried=0, behind=0)

    async def test_says_again_what_the_topic_never_heard_or_heard_too_early(
        self, almanac: Almanac, told: UUID
    ) -> None:
        unheard = uuid4()
        await almanac.execute("update entry set revision = 3 where id = $1", told)
        await almanac.execute("insert into entry (id, revision, text) values ($1, 2, '')", unheard)

        found = await compared(almanac)
        await publish_all(almanac)

        assert found == Differences(said=2, buried=0, behind=0)
        assert {key: word.revision for key, word in (await words(almanac)).items()} == {
            told: 3,
            unheard: 2,
        }

    async def test_buries_what_no_table_knows_above_its_last_word(
        self, almanac: Almanac, told: UUID
    ) -> None:
        await forget(almanac, told)

        found = await compared(almanac)
        await publish_all(almanac)

        assert found == Differences(said=0, buried=1, behind=0)
        word = (await words(almanac))[told]
        assert word.is_gone
        assert word.revision > 1

    async def test_leaves_alone_what_is_on_its_way(self, almanac: Almanac, told: UUID) -> None:
        await almanac.execute("update entry set revision = 2 where id = $1", told)
        await almanac.append(almanac.events.state(entry_id=told, revision=2))

        assert await compared(almanac) == Differences(said=0, buried=0, behind=0)

    async def test_leaves_alone_what_changed_while_the_topic_was_read(
        self, almanac: Almanac, told: UUID
    ) -> None:
        before = datetime.now(UTC) - timedelta(minutes=1)
        await almanac.execute("update entry set revision = 2 where id = $1", told)

        assert await compared(almanac, since=before) == Differences(said=0, buried=0, behind=0)

    async def test_never_says_something_older_than_the_topic(
        self, almanac: Almanac, told: UUID
    ) -> None:
        await almanac.execute("update entry set revision = 0 where id = $1", told)

        assert await compared(almanac) == Differences(said=0, buried=0, behind=1)


class TestStateWatch:
    async def test_compares_once_a_night(self, almanac: Almanac, told: UUID) -> None:
        clock = Nights()
        watch = watching(almanac, clock)
        await watch.turn()
        await forget(almanac, told)

        await watch.turn()
        first_day = await almanac.pending()
        clock.passes()
        await watch.turn()
        next_night = await almanac.pending()
        await almanac.execute("delete from gravestone")
        await watch.turn()

        assert (first_day, next_night, await almanac.pending()) == (0, 1, 1)

    async def test_an_empty_database_takes_nothing_back_unconfirmed(
        self, almanac: Almanac, told: UUID
    ) -> None:
        for _ in range(MANY_ROWS + 1):
            await almanac.append(almanac.events.state(entry_id=uuid4(), revision=1))
        await publish_all(almanac)
        clock = Nights()
        watch = watching(almanac, clock)
        await watch.turn()
        clock.passes()

        await watch.turn()
        unconfirmed = await almanac.pending()
        code, said = await almanac.command("sweep", "--confirm")
        await watch.turn()

        assert code == 0, said
        assert (unconfirmed, await almanac.pending()) == (0, MANY_ROWS + 1)

    async def test_a_broker_that_is_away_is_told_by_doctor(
        self, almanac: Almanac, told: UUID
    ) -> None:
        clock = Nights()
        watch = watching(almanac, clock, bootstrap="127.0.0.1:1")
        await watch.turn()
        clock.passes()

        with pytest.raises(KafkaConnectionError):
            await watch.turn()

        failed = "select failure from sweep where name = $1"
        assert await almanac.value(failed, NAME) is not None


class TestRestored:
    async def test_every_state_lies_above_what_was_told_after_the_backup(
        self, almanac: Almanac, told: UUID
    ) -> None:
        far_ahead = 10**15
        await almanac.append(almanac.events.state(entry_id=told, revision=far_ahead))
        await publish_all(almanac)

        code, said = await restored(almanac)
        await publish_all(almanac)

        assert code == 0, said
        word = (await words(almanac))[told]
        assert word.revision == far_ahead + 1
        assert await almanac.value("select revision from entry") == word.revision

    async def test_what_was_forgotten_is_gone_for_readers_too(
        self, almanac: Almanac, told: UUID
    ) -> None:
        await forget(almanac, told)

        code, said = await restored(almanac)
        await publish_all(almanac)

        assert code == 0, said
        assert (await words(almanac))[told].is_gone

    async def test_everything_is_read_again_from_the_start(
        self, almanac: Almanac, told: UUID
    ) -> None:
        [fact_id] = await almanac.append(almanac.written())
        caught_up = await almanac.command("catch-up")
        await almanac.execute("delete from inbox")

        code, said = await restored(almanac)
        again = await almanac.command("catch-up")

        assert caught_up[0] == 0, caught_up[1]
        assert (code, again[0]) == (0, 0), said + again[1]
        assert again[1].endswith("Everything is published and read.\n")
        assert await almanac.value("select id from inbox") == str(fact_id)
        facts = await almanac.read(almanac.events.written.topic)
        assert ids(facts) == [fact_id, fact_id]

    async def test_it_may_be_repeated(self, almanac: Almanac, told: UUID) -> None:
        await restored(almanac)
        await publish_all(almanac)
        first = (await words(almanac))[told].revision

        code, said = await restored(almanac)
        await publish_all(almanac)

        assert code == 0, said
        assert (await words(almanac))[told].revision > first

    async def test_refuses_while_the_service_runs_and_changes_nothing(
        self, almanac: Almanac, told: UUID
    ) -> None:
        with almanac.process():
            await eventually(lambda: is_read(almanac), timeout=ONCE_STARTED)

            code, said = await restored(almanac)

        assert code == 1
        assert said.startswith(f"{almanac.name} runs: stop every replica")
        assert await almanac.value("select count(*) from restoration") == 0

    async def test_refuses_a_broker_without_its_topics(self, almanac: Almanac) -> None:
        elsewhere = {"ALMANAC_SUFFIX": f"missing-{almanac.suffix}"}

        code, said = await almanac.command("restored", "--to", "2026-01-01T00:00:00", **elsewhere)

        assert code == 1
        assert said.startswith("Topics missing: entry.state-missing-")
        assert await almanac.value("select count(*) from restoration") == 0

    async def test_refuses_a_time_in_the_future(self, almanac: Almanac) -> None:
        code, said = await restored(almanac, to="2999-01-01T00:00:00")

        assert (code, said) == (1, "2999-01-01 00:00:00 UTC lies in the future.\n")


@pytest.mark.parametrize("command", [("restored", "--to", "2026-01-01T00:00:00"), ("catch-up",)])
async def test_without_a_broker_a_sentence_says_so(
    offline_almanac: Almanac, command: tuple[str, ...]
) -> None:
    code, said = await offline_almanac.command(*command)

    assert code == 1
    assert said.endswith("Kafka at 127.0.0.1:1 does not answer: start it, then run this again.\n")


async def restored(almanac: Almanac, *, to: str = "2026-01-01T00:00:00") -> tuple[int | None, str]:
    return await almanac.command("restored", "--to", to)


async def is_read(almanac: Almanac) -> bool:
    try:
        await offsets.demand_unread(almanac.bootstrap, almanac.name)
    except offsets.StillRead:
        return True
    return False


async def bury(almanac: Almanac, entry_id: UUID, *, revision: int) -> None:
    gone = Gone(state=almanac.events.state, id=entry_id, revision=revision)
    async with almanac.transaction() as connection:
        await almanac.service.outbox.append_gone(connection, gone, cause=Cause.new())
