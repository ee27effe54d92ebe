"""The broker's volume is lost, then the database's: afterwards everybody knows the same again."""

import asyncio
import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import inspected
import invariants
import pytest
import resting
from embedded_place import EmbeddedPlace
from invariants import READERS
from restoring import restore

from chassis.event import Event
from chassis.topic_states import LastWord, last_words
from embedded.archived_postgres import ArchivedPostgres
from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.stack import Stack
from embedded.waiting import wait_until

SAMPLE = Path(__file__).parents[2] / "deploy" / "embedded" / "sample"
LISTINGS_AT_A_TIME = 8
WAITING = "select count(*) from outbox where published_at is null"

pytestmark = [pytest.mark.model, pytest.mark.timeout(400)]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """An exchange with a directory; `publish` takes the next few listings of the sample."""

    exchange: Exchange
    postgres: ArchivedPostgres
    place: EmbeddedPlace
    parts: Iterator[Path]

    def publish(self) -> None:
        self.exchange.run("listings", "import", "listings", next(self.parts), "--publish")

    def rest(self) -> None:
        asyncio.run(resting.wait_until_at_rest(self.exchange))

    def values(self, service: str, query: str) -> list[str]:
        return self.exchange.select(service, query).splitlines()

    def told(self) -> dict[tuple[type[Event], str], LastWord]:
        """The last word of every state topic about every key."""
        owned = inspected.service_named("listings").owned
        words = asyncio.run(last_words(self.exchange.kafka_bootstrap, owned))
        return {(state, str(key)): word for state in words for key, word in words[state].items()}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    postgres = ArchivedPostgres(durable=False)
    folder = tmp_path_factory.mktemp("kept")
    with Stack(postgres=postgres) as stack, Exchange(stack) as exchange:
        exchange.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
        exchange.run("listings", "import", "members", SAMPLE / "members.csv")
        place = EmbeddedPlace(exchange=exchange, postgres=postgres, folder=folder)
        parts = iter(_parts(folder))
        yield Scene(exchange=exchange, postgres=postgres, place=place, parts=parts)


def _parts(folder: Path) -> list[Path]:
    header, *rows = (SAMPLE / "listings.csv").read_text(encoding="utf-8").splitlines()
    files = []
    for start in range(0, len(rows), LISTINGS_AT_A_TIME):
        file = folder / f"listings-{start}.csv"
        file.write_text("\n".join([header, *rows[start : start + LISTINGS_AT_A_TIME]]) + "\n")
        files.append(file)
    return files


@pytest.fixture(scope="module")
def broker_back(scene: Scene) -> None:
    """One reader had not read all, another lost its copies; then the handbook's commands."""
    exchange = scene.exchange
    scene.publish()
    scene.rest()
    exchange.services["surveys"].stop()
    scene.publish()
    wait_until(
        lambda: exchange.select("listings", WAITING) == "0",
        limit_seconds=120,
        waiting_for="the outbox of listings",
    )
    exchange.stop_services()
    scene.values("notifications", "delete from state_copy")

    exchange.stack.kafka.lose_data()
    exchange.stack.kafka.start()
    exchange.provision()
    exchange.run("listings", "state", "republish")
    for service in SERVICES:
        exchange.run(service, "outbox", "replay", "--since", "2026-01-01")
    exchange.start_services()
    scene.rest()


@pytest.mark.usefixtures("broker_back")
class TestLostBroker:
    @pytest.mark.parametrize("reader", READERS)
    async def test_every_reader_knows_what_the_owner_has(self, scene: Scene, reader: str) -> None:
        await invariants.demand_same_state(scene.exchange, reader)

    async def test_nothing_is_lost_and_nothing_happened_twice(self, scene: Scene) -> None:
        await resting.demand_all_at_rest(scene.exchange)


@dataclass(frozen=True, kw_only=True)
class Lost:
    """What was there right before the database's volume was lost, and is not any more."""

    told: dict[tuple[type[Event], str], LastWord]
    listings: frozenset[str]
    mails: frozenset[str]
    member: str


@pytest.fixture(scope="module")
def lost(scene: Scene) -> Lost:
    """A backup, more writes, the time to return to, more writes, and the volume is lost."""
    scene.place.take()
    scene.publish()
    scene.rest()
    return_to, before = datetime.now(UTC), _sent(scene)
    known = scene.values("listings", "select id from listing")
    scene.publish()
    member = _somebody(scene)
    scene.exchange.run("listings", "erase", "member", member.email, "--yes")
    scene.rest()
    lost = Lost(
        told=scene.told(),
        listings=frozenset(scene.values("listings", "select id from listing")) - set(known),
        mails=_sent(scene) - before,
        member=member.id,
    )
    scene.place.flush()

    scene.postgres.lose_data()
    restore(scene.place, return_to, now=datetime.now(UTC), say=print)
    scene.rest()
    return lost


class TestRestoredDatabase:
    def test_the_test_lost_something(self, lost: Lost) -> None:
        assert len(lost.listings) == LISTINGS_AT_A_TIME
        assert lost.mails

    def test_every_state_lies_above_all_that_was_told(self, scene: Scene, lost: Lost) -> None:
        now = scene.told()

        fallen = [key for key, word in lost.told.items() if now[key].revision <= word.revision]
        assert [key for key in fallen if not now[key].is_gone] == []

    @pytest.mark.parametrize("reader", READERS)
    async def test_every_reader_knows_what_the_owner_has(
        self, scene: Scene, lost: Lost, reader: str
    ) -> None:
        await invariants.demand_same_state(scene.exchange, reader)

    async def test_listings_that_are_forgotten_meet_nobody(self, scene: Scene, lost: Lost) -> None:
        matched = scene.values("matching", "select listing_id from listing where live")

        await invariants.demand_listings_matched(scene.exchange)
        assert lost.listings.isdisjoint(matched)

    def test_who_was_erased_stays_erased_though_no_list_knew(
        self, scene: Scene, lost: Lost
    ) -> None:
        named = f"select count(*) from member where id = '{lost.member}'"
        copied = f"select count(payload) from state_copy where id = '{lost.member}'"

        assert scene.values("listings", named) == ["0"]
        assert [scene.values(reader, copied) for reader in READERS] == [["0"]] * len(READERS)

    def test_mails_that_went_out_meanwhile_are_held_and_not_sent_again(
        self, scene: Scene, lost: Lost
    ) -> None:
        held = set(scene.values("notifications", "select id from mail where state = 'held'"))
        blanked = f"select id from mail where subjects @> array['{lost.member}'::uuid]"
        known = held | set(scene.values("notifications", blanked))

        assert {mail.replace("-", "") for mail in known} >= lost.mails
        assert held

    def test_no_mail_arrived_twice(self, scene: Scene, lost: Lost) -> None:
        arrived = Counter(mail.message_id for mail in scene.exchange.mailbox.mails)

        assert [mail for mail, times in arrived.items() if times > 1] == []

    async def test_everything_published_is_handled_once(self, scene: Scene, lost: Lost) -> None:
        published = await inspected.published_facts(scene.exchange)

        for service in SERVICES:
            await invariants.demand_outbox_published_once(scene.exchange, service, published)
            await invariants.demand_everything_read(scene.exchange, service, published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    id: str
    email: str


def _somebody(scene: Scene) -> Somebody:
    """A member of an organisation that published nothing: no listing hangs on them."""
    with (SAMPLE / "members.csv").open(encoding="utf-8") as file:
        email = list(csv.DictReader(file))[-1]["email"]
    [found] = scene.values("listings", f"select id from member where email = '{email}'")
    return Somebody(id=found, email=email)


def _sent(scene: Scene) -> frozenset[str]:
    """The keys of all mails that arrived."""
    return frozenset(mail.message_id.partition("@")[0] for mail in scene.exchange.mailbox.mails)
