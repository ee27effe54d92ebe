"""Match and store one new listing among many, beside PostgreSQL's full text on the same data.

`python bench/latency.py [--sizes 10000,100000,1000000] [--new 400] [--distinct 100000]`

The baseline stores the same text, asks for the ten best of the other side by `ts_rank` (German
configuration, GIN index, any of the text's words) and stores them. Encoding and the index's commit
are measured apart. Results go to `results/latency.json`; `plot.py` makes table and plot of them.
"""

import argparse
import asyncio
import json
import os
import pickle
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
from live_database import LiveListing, drawn, live_database
from machine import load_average, machine
from plot import write_plot, write_table
from rich.console import Console
from synthetic import Crowd

from chassis.database import Connection, single_connection
from matching.engine import Engine
from matching.model import default_directory

RESULTS = Path(__file__).parent / "results"
SIZES = "10000,100000,1000000"
BASELINE_AT_MOST = 40
BASELINE_SECONDS = 120
"""The baseline is asked no longer than this; among a million one answer takes seconds."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""As the service runs: two threads of one small product wait for each other more than they work."""

console = Console()

_BASELINE = """
    with own as (
        insert into full_text (listing_id, kind, body) values ($1, $2, $3)
        returning listing_id, kind, search
    ), words as (
        select own.listing_id, own.kind, (
            select string_agg(quote_literal(lexeme), ' | ')::tsquery from unnest(own.search)
        ) as query from own
    )
    insert into full_text_proposal
    select words.listing_id, other.listing_id, ts_rank(other.search, words.query) as rank
    from words join full_text other
        on other.search @@ words.query and other.kind <> words.kind
    order by rank desc limit 10
"""


async def full_text_times(
    connection: Connection, new: Sequence[LiveListing], *, at_most: int = BASELINE_AT_MOST
) -> list[float]:
    times: list[float] = []
    for each in new[:at_most]:
        began = perf_counter()
        async with connection.transaction():
            await connection.execute(_BASELINE, each.listing_id, each.kind, each.listing.text)
        times.append((perf_counter() - began) * 1000)
        if sum(times) > BASELINE_SECONDS * 1000:
            break
    return times


async def engine_figures(url: str, new: Sequence[LiveListing]) -> dict[str, float]:
    """Of a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        file.write(pickle.dumps(new))
        file.flush()
        program = Path(__file__).with_name("engine_process.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            program,
            url,
            file.name,
            stdout=asyncio.subprocess.PIPE,
            env=os.environ | ONE_THREAD,
        )
        output, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"{program.name} ended with {process.returncode}")
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return figures


async def size_figures(
    engine: Engine, size: int, *, new: int, distinct: int
) -> dict[str, float | int]:
    crowd = Crowd(engine)
    asked = list(drawn(Crowd(engine, seed=1), new, distinct=new, first=size))
    began = perf_counter()
    async with live_database(crowd, size, distinct=distinct) as url:
        console.print(f"{size:,} listings stored in {perf_counter() - began:.0f} s")
        figures = await engine_figures(url, asked)
        async with single_connection(url, application="baseline") as connection:
            baseline = await full_text_times(connection, asked)
    figures |= {
        "size": size,
        "full_text_p50": round(float(np.percentile(baseline, 50)), 1),
        "full_text_p99": round(float(np.percentile(baseline, 99)), 1),
        "full_text_asked": len(baseline),
        "load": load_average(),
    }
    figures["times_faster"] = round(figures["full_text_p50"] / figures["whole_p50"], 1)
    return figures


async def run(sizes: Sequence[int], *, new: int, distinct: int) -> None:
    engine = Engine.load(default_directory())
    rows = []
    for size in sizes:
        rows.append(await size_figures(engine, size, new=new, distinct=distinct))
        console.print(rows[-1])
        RESULTS.mkdir(exist_ok=True)
        given = {"new listings": new, "distinct listings at most": distinct}
        found = {"machine": machine(), "run": given, "rows": rows}
        (RESULTS / "latency.json").write_text(json.dumps(found, indent=2) + "\n")
    write_table(RESULTS)
    write_plot(RESULTS)
    console.print((RESULTS / "latency.md").read_text(), markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--new", type=int, default=400)
    parser.add_argument("--distinct", type=int, default=100_000)
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    asyncio.run(run(sizes, new=given.new, distinct=given.distinct))


if __name__ == "__main__":
    main()
