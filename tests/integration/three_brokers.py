"""Three brokers and two replicas of each service: one broker dies under traffic. `make brokers`.

Fourteen containers want a machine of their own to say how long something stops: so it is measured
when it is asked for, and is no part of `make test`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import inspected
import pytest
import resting
from composed import FILES, ComposedExchange
from poster import Poster
from rich.console import Console

from embedded.demo import STEPS
from embedded.story import Story
from embedded.story_sample import Sample
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(900)]

CLUSTER_FILES = (
    FILES[0],
    "deploy/compose.cluster.yaml",
    *FILES[1:],
    "tests/integration/three_brokers.yaml",
)
MORE_PORTS = ("KAFKA_2_PORT", "KAFKA_3_PORT", "LOCAL_KAFKA_2_PORT", "LOCAL_KAFKA_3_PORT")
UNTIL_BOTH_ARE_PUBLISHED = 4
"""So many steps of the story; from then on what its member posts is published at once."""

A_WHILE = 180
LONGEST_STOP_SECONDS = 20


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposedExchange]:
    folder = tmp_path_factory.mktemp("cluster")
    with ComposedExchange.running(folder, files=CLUSTER_FILES, more_ports=MORE_PORTS) as running:
        yield running


@pytest.fixture(scope="module")
def begun(cluster: ComposedExchange) -> Story:
    story = Story(exchange=cluster, sample=Sample.read(), console=Console(quiet=True))
    for _, step in STEPS[:UNTIL_BOTH_ARE_PUBLISHED]:
        step(story)
    return story


async def longest_stops(cluster: ComposedExchange, since: datetime) -> tuple[int, float, float]:
    """How many facts of `listings` there were, and the longest until one was published, and read.

    A fact is read when `matching` has handled it. In seconds.
    """
    told = await inspected.fetch(
        cluster,
        "listings",
        "select id::text, created_at, published_at from outbox"
        " where topic = 'listing.created' and created_at > $1",
        since,
    )
    handled = {
        row["id"]: row["handled_at"]
        for row in await inspected.fetch(
            cluster, "matching", "select id, handled_at from inbox where handled_at > $1", since
        )
    }
    published = max(row["published_at"] - row["created_at"] for row in told)
    read = max(handled[row["id"]] - row["created_at"] for row in told)
    return len(told), published.total_seconds(), read.total_seconds()


async def test_one_broker_dies_and_nothing_is_lost_nor_stops_for_long(
    cluster: ComposedExchange, begun: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    await resting.wait_until_at_rest(cluster)
    since = datetime.now(UTC)
    with Poster(begun).posting() as poster:
        await eventually(lambda: poster.has_posted(5), timeout=A_WHILE)
        cluster.kill("kafka-2")
        await eventually(lambda: poster.has_posted(60), timeout=A_WHILE)
        without = len(poster.ids)
        cluster.start("kafka-2")
        await eventually(lambda: poster.has_posted(without + 5), timeout=A_WHILE)

    await resting.demand_all_at_rest(cluster)
    facts, published, read = await longest_stops(cluster, since)
    with capsys.disabled():
        figures = f"{published:.1f} s until one was published, {read:.1f} s until it was read"
        print(f" {facts} facts, at most {figures} ", end="")  # noqa: T201 - what was measured
    assert facts >= without
    assert max(published, read, poster.longest_pause) < LONGEST_STOP_SECONDS
