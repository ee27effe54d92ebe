"""The consumer against a bare aiokafka loop that does the same work: `python bench/consumer.py`."""

import asyncio
from collections.abc import Sequence
from statistics import median
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer
from notes import (
    PUBLISHED,
    Bench,
    NoteWritten,
    append,
    keep_effects,
    notebook,
    notes,
    rate,
    reached,
    servers,
)
from rich.console import Console
from rich.table import Table

from chassis.database import Pool

ROUNDS = 3
RECORDS = 20_000
BATCH_RECORDS = 500
BATCH_MS = 50
WANTED = 0.6
_TAKE = (
    "insert into inbox (source, id) select * from unnest($1::text[], $2::text[])"
    " on conflict do nothing returning id"
)


async def consumed(bench: Bench) -> float:
    service = notebook(f"notebook-{uuid4().hex[:8]}")
    async with bench.database() as url:
        async with service.running(service.runtime(bench.settings(url))):
            await reached(url, "effect", RECORDS)
        return await rate(url, "inbox", "handled_at")


async def bare_loop(bench: Bench) -> float:
    """Parse, inbox and effects in one transaction, then the offset; no parking, no retries."""
    async with bench.database() as url:
        pool = Pool(url, application="bench", size=3)
        await pool.open()
        consumer = AIOKafkaConsumer(
            NoteWritten.topic,
            bootstrap_servers=bench.kafka.bootstrap,
            group_id=f"bare-{uuid4().hex[:8]}",
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            handled = 0
            while handled < RECORDS:
                handled += await _one_batch(consumer, pool)
        finally:
            await consumer.stop()
            await pool.close()
        return await rate(url, "inbox", "handled_at")


async def _one_batch(consumer: Any, pool: Pool) -> int:
    batches = await consumer.getmany(timeout_ms=BATCH_MS, max_records=BATCH_RECORDS)
    records = [record for batch in batches.values() for record in batch]
    if records:
        await _handle(pool, records)
        await consumer.commit()
    return len(records)


async def _handle(pool: Pool, records: Sequence[Any]) -> None:
    parsed = [_parsed(record) for record in records]
    async with pool.transaction() as transaction:
        sources = [headers["ce_source"] for headers, _ in parsed]
        ids = [headers["ce_id"] for headers, _ in parsed]
        new = {row["id"] for row in await transaction.fetch(_TAKE, sources, ids)}
        events = [event for headers, event in parsed if headers["ce_id"] in new]
        await keep_effects(transaction, events)


def _parsed(record: Any) -> tuple[dict[str, str], NoteWritten]:
    headers = {name: value.decode() for name, value in record.headers}
    return headers, NoteWritten.model_validate_json(record.value)


async def fill_topic(bench: Bench) -> None:
    await bench.make_topic()
    service = notebook()
    async with bench.database() as url:
        await append(url, notes(RECORDS))
        relay = service._relay(service.runtime(bench.settings(url)))  # noqa: SLF001
        async with relay.running():
            await reached(url, PUBLISHED, RECORDS)


async def measure(bench: Bench) -> None:
    await fill_topic(bench)
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(await bare_loop(bench))
        ours.append(await consumed(bench))
    table = Table("consuming", "records a second", title="Consumer")
    table.add_row("bare aiokafka loop", f"{median(bare):,.0f}")
    table.add_row("consumer", f"{median(ours):,.0f}")
    table.add_row(f"ratio (wanted ≥ {WANTED})", f"{median(ours) / median(bare):.2f} ×")
    Console().print(table)


def main() -> None:
    with servers() as bench:
        asyncio.run(measure(bench))


if __name__ == "__main__":
    main()
