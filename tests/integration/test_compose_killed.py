"""Containers killed under traffic, each in turn: nothing lost, nothing twice."""

import inspected
import invariants
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
    await resting.wait_until_at_rest(composed)
    await invariants.demand_all(composed)
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
