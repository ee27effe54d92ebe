"""Figures of a real database, as Prometheus reads them."""

from collections.abc import AsyncIterator

import pytest
from almanac.almanac import Almanac
from almanac.fixtures import an_offline_almanac  # noqa: F401 - a fixture
from almanac.service import Settings
from prometheus_client import generate_latest

from chassis.measuring import Figure, Measuring, measuring
from chassis.service import Runtime
from embedded.testing import eventually

ENTRIES = Figure(
    name="entries",
    says="Entries by text",
    query="select text, count(*) from entry group by text",
    labels=("text",),
)
ALL = Figure(name="entries_all", says="Entries", query="select sum(revision) from entry")


@pytest.fixture
async def runtime(offline_almanac: Almanac) -> AsyncIterator[Runtime]:
    settings = Settings(database_url=offline_almanac.url, form_key="k" * 43)
    runtime = offline_almanac.service.runtime(settings)
    await runtime.pool.open()
    yield runtime
    await runtime.pool.close()


async def test_a_label_that_is_gone_is_told_no_longer(
    offline_almanac: Almanac, runtime: Runtime
) -> None:
    figures = Measuring(runtime, (ENTRIES, ALL))
    await offline_almanac.execute(
        "insert into entry (id, revision, text)"
        " values (gen_random_uuid(), 1, 'due'), (gen_random_uuid(), 2, 'due')"
    )

    await figures.turn()
    first = generate_latest(runtime.registry).decode()
    await offline_almanac.execute("update entry set text = 'ended'")
    await figures.turn()
    second = generate_latest(runtime.registry).decode()

    assert 'entries{text="due"} 2.0' in first
    assert "entries_all 3.0" in first
    assert 'entries{text="due"}' not in second
    assert 'entries{text="ended"} 2.0' in second


async def test_the_worker_measures_as_soon_as_it_runs(runtime: Runtime) -> None:
    async with measuring(ALL)(runtime).running():
        await eventually(lambda: b"entries_all 0.0" in generate_latest(runtime.registry))
