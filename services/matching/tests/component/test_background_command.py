"""``background`` as an operator runs it, beside a working service."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from kept_listing_builders import START, a_request, an_offer
from matching_builders import THEMES
from typer.testing import CliRunner, Result

from chassis.workers import Worker
from matching.app import service
from matching.background_commands import background_commands
from matching.joined_background import LEAST_A_SIDE

pytestmark = pytest.mark.model


@pytest.fixture
def environment(matching: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = matching.runtime.settings
    monkeypatch.setenv("MATCHING_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MATCHING_FORM_KEY", settings.form_key)
    monkeypatch.setenv("MATCHING_LINK_KEYS", json.dumps(settings.link_keys))


async def typed(words: Sequence[str]) -> Result:
    group = background_commands(service)
    return await asyncio.to_thread(CliRunner().invoke, group, list(words))


def listings(count: int) -> list[Any]:
    validity = {"valid_until": START.replace(year=2099)}
    return [
        listing
        for number in range(count)
        for listing in (
            an_offer(f"{THEMES[number % 6]} {number}", f"Lieferbar, Werk {number}.", **validity),
            a_request(f"{THEMES[number % 6]} {number}", f"Gebraucht, Haus {number}.", **validity),
        )
    ]


@pytest.mark.usefixtures("environment")
async def test_too_few_listings_are_refused_in_a_sentence(matching: Any) -> None:
    await matching.hears(*listings(2))
    refused = await typed(["refresh"])

    assert refused.exit_code == 1
    assert "only 2 offers and 2 requests are live" in refused.output
    assert await matching.value("select count(*) from analysis_version") == 0


@pytest.mark.usefixtures("environment")
async def test_it_waits_until_the_service_has_switched(matching: Any, engine: Any) -> None:
    await matching.hears(*listings(LEAST_A_SIDE))
    worker = Worker("matching", matching.a_worker(engine).turn, idle_seconds=0.1)
    async with worker.running():
        done = await typed(["refresh"])
    status = await typed(["status"])

    assert done.exit_code == 0, done.output
    number = await matching.value("select number from analysis_version where state = 'active'")
    assert number != engine.version.number
    assert f"version {number}" in done.output
    assert f"Active: version {number}" in status.output
    assert f"{2 * LEAST_A_SIDE} live listings joined it, " in status.output
