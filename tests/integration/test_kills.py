"""Services and servers killed with -9 in the middle of the flow: nothing lost, nothing twice."""

from pathlib import Path

import inspected
import pytest
import resting

from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.testing import eventually

SAMPLE = Path(__file__).parents[2] / "deploy" / "embedded" / "sample"

pytestmark = [pytest.mark.model, pytest.mark.timeout(400)]


@pytest.fixture(scope="module", autouse=True)
def directory(exchange: Exchange) -> None:
    exchange.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
    exchange.run("listings", "import", "members", SAMPLE / "members.csv")


@pytest.fixture(scope="module")
def listing_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The sample's listings in parts, one for each failure."""
    header, *rows = (SAMPLE / "listings.csv").read_text(encoding="utf-8").splitlines()
    folder = tmp_path_factory.mktemp("listings")
    files = []
    for number in range(len(SERVICES) + 2):
        part = folder / f"{number}.csv"
        part.write_text("\n".join([header, *rows[number * 12 : number * 12 + 12]]) + "\n")
        files.append(part)
    return files


def publish(exchange: Exchange, file: Path) -> None:
    exchange.run("listings", "import", "listings", file, "--publish")


async def created(exchange: Exchange) -> int:
    """How many listings the matching service has taken in."""
    return await inspected.count(exchange, "matching", "select count(*) from listing")


class TestKilledInTheMiddle:
    @pytest.mark.parametrize("position", range(len(SERVICES)), ids=SERVICES)
    async def test_a_service_comes_back_and_nothing_is_lost_or_doubled(
        self, exchange: Exchange, listing_files: list[Path], position: int
    ) -> None:
        before = await created(exchange)
        publish(exchange, listing_files[position])

        exchange.kill(SERVICES[position])
        exchange.start(SERVICES[position])
        exchange.wait_ready(SERVICES[position])

        await eventually(lambda: _has_grown(exchange, before, by=12), timeout=120)
        await resting.demand_all_at_rest(exchange)

    async def test_the_broker_comes_back_and_nothing_is_lost_or_doubled(
        self, exchange: Exchange, listing_files: list[Path]
    ) -> None:
        before = await created(exchange)
        exchange.stack.kafka.kill()
        publish(exchange, listing_files[len(SERVICES)])

        exchange.stack.kafka.start()

        await eventually(lambda: _has_grown(exchange, before, by=12), timeout=120)
        await resting.demand_all_at_rest(exchange)

    async def test_the_database_comes_back_and_nothing_is_lost_or_doubled(
        self, exchange: Exchange, listing_files: list[Path]
    ) -> None:
        before = await created(exchange)
        publish(exchange, listing_files[len(SERVICES) + 1])

        exchange.stack.postgres.kill()
        exchange.stack.postgres.start()

        await eventually(lambda: _has_grown(exchange, before, by=12), timeout=120)
        await resting.demand_all_at_rest(exchange)


async def _has_grown(exchange: Exchange, before: int, *, by: int) -> bool:
    return await created(exchange) >= before + by
