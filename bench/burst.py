"""A burst of listings through the worker until every pair is stored: `python bench/burst.py`.

They are mixtures of two real listings, each read by the encoders. Pairs are proposed, or wait for
their turn because a side has enough to look at. Beside it how long reading them one after another
takes, with nothing matched, and what PostgreSQL's full text needs to store the ten best for the
same texts. The table goes to `results/burst.md`.
"""

import argparse
import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from uuid import uuid4

from latency import RESULTS, full_text_times
from live_database import FULL_TEXT, FULL_TEXT_INDEX, MIGRATIONS, LiveListing
from machine import described_machine, load_average
from rich.console import Console
from synthetic import Crowd

from chassis import migrations
from chassis.cause import Cause
from chassis.database import Pool, single_connection
from embedded.postgres import Postgres
from matching import commands
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.model import default_directory
from matching.worker import Matching
from schemas.vocabulary import ListingKind

GOAL_SECONDS = 60
LISTINGS_AN_ORGANISATION = 3
console = Console()


def burst_of(engine: Engine, count: int) -> list[LiveListing]:
    crowd = Crowd(engine)
    sides = [list(crowd.listings(kind, -(-count // 2))) for kind in ListingKind]
    organisations = [uuid4() for _ in range(-(-count // LISTINGS_AN_ORGANISATION))]
    return [
        LiveListing(
            listing_id=uuid4(),
            organisation_id=organisations[place // LISTINGS_AN_ORGANISATION],
            listing=sides[place % 2][place // 2],
        )
        for place in range(count)
    ]


async def keep(pool: Pool, burst: Sequence[LiveListing]) -> None:
    async with pool.transaction() as connection:
        for each in burst:
            await commands.keep_listing(
                connection, each.kept(), from_state=False, cause=Cause.new()
            )


async def matched_all(engine: Engine, pool: Pool) -> float:
    """Seconds until nothing is due."""
    matching = Matching(EngineSource(lambda: engine), pool=pool, clock=lambda: datetime.now(UTC))
    began = perf_counter()
    while await matching.turn() or await _due(pool):
        pass
    return perf_counter() - began


async def _due(pool: Pool) -> int:
    async with pool.connection() as connection:
        due: int = await connection.fetchval("select count(*) from match_due")
    return due


def reading_seconds(engine: Engine, burst: Sequence[LiveListing], *, share: int = 20) -> float:
    """Of one in `share`, times `share`."""
    sample = [each.kept().text() for each in burst[::share]]
    began = perf_counter()
    for text in sample:
        engine.analyse(text)
    return (perf_counter() - began) * len(burst) / len(sample)


async def stored(pool: Pool) -> dict[str, int]:
    """How many pairs are proposed, and how many wait."""
    async with pool.connection() as connection:
        return {
            table: await connection.fetchval(f"select count(*) from {table}")
            for table in ("proposal", "waiting_proposal")
        }


async def full_text_seconds(url: str, burst: Sequence[LiveListing]) -> float:
    async with single_connection(url, application="baseline") as connection:
        await connection.execute(FULL_TEXT)
        await connection.execute(FULL_TEXT_INDEX)
        return sum(await full_text_times(connection, burst, at_most=len(burst))) / 1000


async def run(count: int) -> None:
    engine = Engine.load(default_directory())
    burst = burst_of(engine, count)
    with Postgres(durable=False) as server:
        url = server.create_database("burst")
        await migrations.apply(url, name="matching", directory=MIGRATIONS)
        pool = Pool(url, application="burst", transaction_seconds=0, size=4)
        await pool.open()
        await keep(pool, burst)
        seconds = await matched_all(engine, pool)
        pairs = await stored(pool)
        await pool.close()
        baseline = await full_text_seconds(url, burst)
    reading = reading_seconds(engine, burst)
    proposed = f"{pairs['proposal']:,} pairs proposed, {pairs['waiting_proposal']:,} waiting"
    show(
        f"Burst of {count:,} listings, load {load_average()}",
        {
            f"{proposed} (goal {GOAL_SECONDS})": seconds,
            "all read one after another, nothing matched": reading,
            "ten best by PostgreSQL full text stored": baseline,
        },
    )


def show(title: str, seconds: dict[str, float]) -> None:
    lines = [f"| {title} | seconds |", "|---|---:|"]
    lines += [f"| {until} | {took:.1f} |" for until, took in seconds.items()]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "burst.md").write_text("\n".join([*lines, "", *described_machine()]) + "\n")
    console.print("\n".join(lines), markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listings", type=int, default=1000)
    asyncio.run(run(parser.parse_args().listings))


if __name__ == "__main__":
    main()
