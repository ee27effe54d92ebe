"""What one process of the service does with a full database, measured from inside; prints JSON.

`python bench/engine_process.py URL NEW_LISTINGS` fills its index from the stored analyses, matches
and stores the listings of the file (a pickle of `LiveListing`), and compares its best ten with the
exact ones. A process of its own, so that its memory is that of the service and nothing else.
"""

import asyncio
import json
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID, uuid4

import numpy as np
from live_database import LiveListing
from machine import anonymous_megabytes, mapped_megabytes
from originals import real_texts
from synthetic import SyntheticListing

from chassis.cause import Cause
from chassis.database import Pool
from matching import analysis_storage, commands
from matching.due_storage import Due
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.filed_index import FiledIndex
from matching.model import default_directory
from matching.ranking import scores_against
from matching.version_in_use import InUse
from matching.worker import Matching
from schemas.vocabulary import ListingKind

BEST = 10
ASKED_EXACTLY = 40
ENCODED = 60
WARM_UP = 20
COMMIT_EVERY = 100
BLOCK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Milliseconds of one listing: all of it, this process's share of that, and two parts.

    ``more`` marks one that fits so many that some of them are met in a later turn.
    """

    whole: float
    processor: float
    candidates: float
    ranking: float
    more: bool


class Matcher:
    """Match and store, as the worker's first turn does, without encoder and index's commit."""

    def __init__(self, engine: Engine, matching: Matching, using: InUse, pool: Pool) -> None:
        self._engine = engine
        self._matching = matching
        self._using = using
        self._pool = pool

    async def matched(self, new: LiveListing) -> Times:
        listing, cause = new.kept(), Cause.new()
        began, worked = perf_counter(), process_time()
        async with self._pool.transaction() as connection:
            await commands.keep_listing(connection, listing, from_state=False, cause=cause)
            await analysis_storage.store(
                connection, listing, [new.listing.analysis], self._engine.version.number
            )
        due = Due(listing_id=new.listing_id, revision=listing.revision, cause=cause)
        more = await self._matching.match(self._using, due)
        whole, processor = perf_counter() - began, process_time() - worked
        candidates, ranking = self._parts(new)
        return Times(
            whole=_milliseconds(whole),
            processor=_milliseconds(processor),
            candidates=candidates,
            ranking=ranking,
            more=more,
        )

    def _parts(self, new: LiveListing) -> tuple[float, float]:
        """What two steps of it take by themselves."""
        own, index, began = new.listing.analysis, self._using.live.index, perf_counter()
        keys = index.candidates(own)
        found = perf_counter()
        scores_against(own, index.counterparts(keys), self._engine.version)
        return _milliseconds(found - began), _milliseconds(perf_counter() - found)


async def exact_share(
    pool: Pool, engine: Engine, index: FiledIndex, asked: Sequence[LiveListing]
) -> float:
    """How many of the exact best ten are among the best ten of the candidates."""
    keys = {kind: await _keys(pool, kind) for kind in ListingKind}
    shares = []
    for each in asked:
        own = each.listing.analysis
        others = keys[
            ListingKind.OFFER if each.kind is ListingKind.REQUEST else ListingKind.REQUEST
        ]
        q = [
            scores_against(own, index.counterparts(others[at : at + BLOCK]), engine.version).q
            for at in range(0, len(others), BLOCK)
        ]
        exact = {others[place] for place in np.argsort(-np.concatenate(q), kind="stable")[:BEST]}
        found = index.candidates(own)
        best = scores_against(own, index.counterparts(found), engine.version).best(BEST)
        shares.append(len(exact & {found[place] for place in best}) / BEST)
    return float(np.mean(shares))


async def _keys(pool: Pool, kind: ListingKind) -> list[UUID]:
    async with pool.connection() as connection:
        rows = await connection.fetch("select listing_id from listing where kind = $1", kind)
    return [row["listing_id"] for row in rows]


async def with_encoders(engine: Engine, matcher: Matcher) -> dict[str, float]:
    """Real texts from reading to proposals."""
    reading, whole = [], []
    for text in real_texts()[:ENCODED]:
        began = perf_counter()
        analysis = await asyncio.to_thread(engine.analyse, text)
        reading.append(_milliseconds(perf_counter() - began))
        new = LiveListing(
            listing_id=uuid4(),
            organisation_id=uuid4(),
            listing=SyntheticListing(text=text.title, analysis=analysis),
        )
        times = await matcher.matched(new)
        whole.append(reading[-1] + times.whole)
    return {**_spread("encode", reading), **_spread("with_encoders", whole)}


async def measured(url: str, new: Sequence[LiveListing]) -> dict[str, float]:
    began = perf_counter()
    engine = Engine.load(default_directory())
    engine.analyse(real_texts()[0])
    engine_seconds, began = perf_counter() - began, perf_counter()
    engine_mb = anonymous_megabytes()
    pool = Pool(url, application="bench", transaction_seconds=0)
    await pool.open()
    matching = Matching(EngineSource(lambda: engine), pool=pool, clock=lambda: datetime.now(UTC))
    worked = process_time()
    using = await matching.version.under(engine)
    if using is None:
        raise SystemExit("another engine is active")
    index = using.live.index
    found: dict[str, float] = {
        "engine_seconds": round(engine_seconds, 1),
        "engine_mb": engine_mb,
        "fill_seconds": round(perf_counter() - began, 1),
        "fill_processor_seconds": round(process_time() - worked, 1),
    }
    matcher = Matcher(engine, matching, using, pool)
    found |= await with_encoders(engine, matcher)
    times = []
    for place, each in enumerate(new):
        times.append(await matcher.matched(each))
        if place % COMMIT_EVERY == 0:
            index.commit(at_least=1)
    for name in ("whole", "processor", "candidates", "ranking"):
        found |= _spread(name, [getattr(each, name) for each in times[WARM_UP:]])
    found["later_turns"] = round(float(np.mean([each.more for each in times])), 3)
    found |= {"anonymous_mb": anonymous_megabytes(), "mapped_mb": mapped_megabytes()}
    found["recall"] = round(await exact_share(pool, engine, index, new[:ASKED_EXACTLY]), 3)
    await pool.close()
    index.close()
    return found


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {
        f"{name}_p50": round(float(np.percentile(values, 50)), 2),
        f"{name}_p99": round(float(np.percentile(values, 99)), 2),
    }


def _milliseconds(seconds: float) -> float:
    return seconds * 1000


def main() -> None:
    url, listings = sys.argv[1], pickle.loads(Path(sys.argv[2]).read_bytes())  # noqa: S301 - our own file
    print(json.dumps(asyncio.run(measured(url, listings))))


if __name__ == "__main__":
    main()
