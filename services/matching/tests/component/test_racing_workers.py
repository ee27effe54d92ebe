"""Two workers as processes, one of them killed: no pair is missed, none is proposed twice."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kept_listing_builders import a_request, an_offer

from embedded.testing import eventually
from schemas.listing import ListingCreated

PAIRS = 250
AT_ONCE = 50
KILLED_FROM = 40
PROGRAM = Path(__file__).parents[1] / "racing_worker.py"


@contextmanager
def a_process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, str(PROGRAM), url])  # noqa: S603 - our own program
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def a_pair(place: int) -> tuple[ListingCreated, ListingCreated]:
    """An offer and a request that fit each other and nobody else."""
    words = " ".join(f"ware{place}{letter}" for letter in "abcdef")
    until = datetime.now(UTC) + timedelta(days=30)
    return (
        an_offer(words, "Ab Lager.", valid_until=until),
        a_request(words, "Dringend.", valid_until=until),
    )


def mixed(pairs: list[tuple[ListingCreated, ListingCreated]]) -> list[ListingCreated]:
    """Offers forwards and requests backwards: some pairs come together, most do not."""
    offers, requests = [offer for offer, _ in pairs], [request for _, request in pairs]
    return [each for two in zip(offers, reversed(requests), strict=True) for each in two]


@pytest.mark.timeout(300)
async def test_a_killed_process_misses_no_pair_and_repeats_none(matching: Any) -> None:
    async def proposed() -> list[tuple[UUID, UUID]]:
        return [
            (each.offer.listing_id, each.request.listing_id) for each in await matching.proposals()
        ]

    async def all_heard() -> None:
        for start in range(0, len(listings), AT_ONCE):
            await matching.hears(*listings[start : start + AT_ONCE])

    async def begun() -> bool:
        return len(await proposed()) >= KILLED_FROM

    async def nothing_due() -> bool:
        return not await matching.value("select count(*) from match_due")

    url = matching.runtime.settings.database_url
    pairs = [a_pair(place) for place in range(PAIRS)]
    listings = mixed(pairs)
    with a_process(url) as killed, a_process(url):
        async with asyncio.TaskGroup() as beside:
            beside.create_task(all_heard())
            await eventually(begun, timeout=120)
            killed.kill()
            in_the_middle = len(await proposed())
        await eventually(nothing_due, timeout=150)

    assert in_the_middle < PAIRS
    found = await proposed()
    assert len(found) == len(set(found))
    assert set(found) == {(offer.listing_id, request.listing_id) for offer, request in pairs}
