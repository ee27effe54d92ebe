"""Containers killed, stopped and restarted under traffic: nothing lost, nothing twice."""

import inspected
import pytest
import resting
from composed import SERVICES, ComposedExchange
from poster import Poster

from embedded.story import Story
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

CONTAINERS = ("postgres", "kafka", "gateway", *SERVICES)
A_WHILE = 120


async def demand_invariants(composed: ComposedExchange, poster: Poster) -> None:
    await resting.demand_all_at_rest(composed)
    rows = await inspected.fetch(
        composed, "listings", "select id from listing where id = any($1::uuid[])", poster.ids
    )
    assert {str(row["id"]) for row in rows} == set(poster.ids)


@pytest.mark.parametrize("container", CONTAINERS)
async def test_a_killed_container_loses_and_doubles_nothing(
    composed: ComposedExchange, told: Story, container: str
) -> None:
    with Poster(told).posting() as poster:
        await eventually(lambda: poster.has_posted(1), timeout=A_WHILE)
        composed.kill(container)
        composed.start(container)
        before = len(poster.ids)
        await eventually(lambda: poster.has_posted(before), timeout=A_WHILE)

    await demand_invariants(composed, poster)


async def test_a_stop_and_a_start_lose_and_double_nothing(
    composed: ComposedExchange, told: Story
) -> None:
    with Poster(told).posting() as poster:
        await eventually(lambda: poster.has_posted(1), timeout=A_WHILE)
        # All but the catcher, which keeps its mails in memory.
        composed.compose("stop", *CONTAINERS)
        composed.up()
        before = len(poster.ids)
        await eventually(lambda: poster.has_posted(before), timeout=A_WHILE)

    await demand_invariants(composed, poster)


async def test_a_rolling_restart_of_two_replicas_each_stops_nobody(
    composed: ComposedExchange, told: Story
) -> None:
    twice = [word for service in SERVICES for word in ("--scale", f"{service}=2")]
    composed.compose("up", "--detach", "--no-recreate", "--wait", *twice)

    with Poster(told).posting() as poster:
        await eventually(lambda: poster.has_posted(1), timeout=A_WHILE)
        for replica in (1, 2):
            composed.restart_replica(replica)
        before = len(poster.ids)
        await eventually(lambda: poster.has_posted(before), timeout=A_WHILE)

    assert poster.longest_pause < 20
    await demand_invariants(composed, poster)
