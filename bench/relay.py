"""The relay against publishing one row after the other: `python bench/relay.py`."""

import asyncio
import json
from collections import defaultdict
from statistics import median
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from notes import PUBLISHED, Bench, NoteWritten, append, notebook, notes, rate, reached, servers
from rich.console import Console
from rich.table import Table

from chassis.database import single_connection

ROUNDS = 3
RELAYED = 10_000
SINGLY = 500
WANTED = 5


async def relayed(bench: Bench) -> float:
    service = notebook()
    async with bench.database() as url:
        await append(url, notes(RELAYED))
        relay = service._relay(service.runtime(bench.settings(url)))  # noqa: SLF001
        async with relay.running():
            await reached(url, PUBLISHED, RELAYED)
        return await rate(url, "outbox", "published_at")


async def one_by_one(bench: Bench) -> float:
    """What a service without this relay does: send a row, wait, mark it, take the next."""
    async with bench.database() as url:
        await append(url, notes(SINGLY))
        producer = AIOKafkaProducer(
            bootstrap_servers=bench.kafka.bootstrap, enable_idempotence=True, acks="all"
        )
        await producer.start()
        try:
            async with single_connection(url, application="bench") as connection:
                for row in await connection.fetch("select * from outbox order by seq"):
                    await _send(producer, row)
                    await connection.execute(
                        "update outbox set published_at = clock_timestamp() where seq = $1",
                        row["seq"],
                    )
        finally:
            await producer.stop()
        return await rate(url, "outbox", "published_at")


async def _send(producer: Any, row: Any) -> None:
    headers = [(name, value.encode()) for name, value in json.loads(row["headers"]).items()]
    await producer.send_and_wait(
        row["topic"], key=row["key"].encode(), value=row["payload"], headers=headers
    )


async def order_kept(bench: Bench) -> bool:
    """Whether every key's revisions rise on the topic."""
    consumer = AIOKafkaConsumer(
        NoteWritten.topic,
        bootstrap_servers=bench.kafka.bootstrap,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    revisions: dict[bytes, list[int]] = defaultdict(list)
    await consumer.start()
    try:
        while batches := await consumer.getmany(timeout_ms=3000):
            for records in batches.values():
                for record in records:
                    revisions[record.key].append(int(dict(record.headers)["ce_revision"]))
    finally:
        await consumer.stop()
    found = sum(map(len, revisions.values()))
    rising = all(each == sorted(set(each)) for each in revisions.values())
    return rising and found == ROUNDS * (RELAYED + SINGLY)


async def measure(bench: Bench) -> None:
    await bench.make_topic()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(await one_by_one(bench))
        ours.append(await relayed(bench))
    ratio = median(ours) / median(theirs)
    table = Table("publishing", "rows a second", title="Relay")
    table.add_row("one by one", f"{median(theirs):,.0f}")
    table.add_row("relay", f"{median(ours):,.0f}")
    table.add_row(f"ratio (wanted ≥ {WANTED})", f"{ratio:.1f} ×")
    table.add_row("order per key kept", "yes" if await order_kept(bench) else "NO")
    Console().print(table)


def main() -> None:
    with servers() as bench:
        asyncio.run(measure(bench))


if __name__ == "__main__":
    main()
