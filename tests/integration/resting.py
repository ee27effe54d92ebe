"""Waits until nothing is on its way any more: only then do the invariants have to hold."""

import asyncio
import json

import invariants
from inspected import Inspected, count, published_facts, service_named

from embedded.exchange_settings import SERVICES

QUIET_SECONDS = 300.0


async def drained(exchange: Inspected) -> bool:
    """Whether nothing is on its way: outboxes, consumers, matching and mails are at rest."""
    for name in SERVICES:
        if await count(exchange, name, "select count(*) from outbox where published_at is null"):
            return False
    if await count(exchange, "matching", "select count(*) from match_due"):
        return False
    moving = "select count(*) from mail where state in ('pending', 'claimed', 'sending')"
    return await count(exchange, "notifications", moving) == 0


async def wait_until_at_rest(exchange: Inspected, *, limit_seconds: float = QUIET_SECONDS) -> None:
    """Drained, and the same facts in every inbox twice in a row: what was published is read."""
    async with asyncio.timeout(limit_seconds):
        before = ""
        while True:
            if await drained(exchange):
                now = await _all_progress(exchange)
                if now == before and await _all_read(exchange):
                    return
                before = now
            await asyncio.sleep(0.5)


async def demand_all_at_rest(exchange: Inspected) -> None:
    """Every invariant. A sweep may set something in motion meanwhile: then it is looked at again.

    So a failure counts where nothing moved while it was looked at.
    """
    while True:
        await wait_until_at_rest(exchange)
        before = await _all_progress(exchange)
        try:
            await invariants.demand_all(exchange)
        except AssertionError:
            if await drained(exchange) and await _all_progress(exchange) == before:
                raise
        else:
            return


async def _all_progress(exchange: Inspected) -> str:
    return json.dumps([await _progress(exchange, name) for name in SERVICES])


async def _progress(exchange: Inspected, name: str) -> list[int]:
    queries = (
        "select count(*) from inbox",
        "select count(*) from outbox",
        "select coalesce(sum(revision), 0) from state_copy",
    )
    return [await count(exchange, name, query) for query in queries]


async def _all_read(exchange: Inspected) -> bool:
    published = await published_facts(exchange)
    for name in SERVICES:
        heard = {each.topic for each in service_named(name).consumers.classes}
        expected = len({(each.source, each.id) for each in published if each.topic in heard})
        if await count(exchange, name, "select count(*) from inbox") < expected:
            return False
    return True
