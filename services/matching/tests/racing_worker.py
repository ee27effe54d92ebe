"""A matching worker as a process of its own: `python racing_worker.py DATABASE_URL`, until killed.

Its encoder is the hand-written one, so that hundreds of listings take seconds.
"""

import asyncio
import sys
from datetime import UTC, datetime

from matching_builders import WordEncoder, a_version, unsplit

from chassis.database import Pool
from chassis.workers import Worker
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.lexicon import Lexicon
from matching.worker import Matching

THRESHOLD = 7.0
"""From here every pair is strong: who comes first then decides nothing."""


def an_engine() -> Engine:
    return Engine(
        encoder=WordEncoder(),
        lexicon=Lexicon(unsplit),
        version=a_version("raced"),
        threshold=THRESHOLD,
    )


async def run(url: str) -> None:
    pool = Pool(url, application="racing", size=4)
    await pool.open()
    matching = Matching(EngineSource(an_engine), pool=pool, clock=lambda: datetime.now(UTC))
    async with Worker("racing", matching.turn, idle_seconds=0.02).running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
