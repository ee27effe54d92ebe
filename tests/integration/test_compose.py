"""The production form on Docker: one command starts it, and it keeps what it was told."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from composed import SERVICES, ComposedExchange
from rich.console import Console

from chassis.provisioning import partitions_of
from embedded.demo import STEPS
from embedded.ports import free_port
from embedded.story import Story
from embedded.story_sample import SAMPLE, Sample
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def exchange() -> Iterator[ComposedExchange]:
    ports = {name: free_port() for name in ("GATEWAY_PORT", "KAFKA_PORT", "MAIL_PORT")}
    exchange = ComposedExchange(name=f"exchange-test-{ports['GATEWAY_PORT']}", ports=ports)
    try:
        # One build an image; `up --build` makes one for every container that uses it.
        exchange.compose("build", *SERVICES)
        exchange.up()
        yield exchange
    finally:
        exchange.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


@pytest.fixture(scope="module")
def story(exchange: ComposedExchange) -> Story:
    """Told to its end; a step that breaks its promise says so."""
    told = Story(exchange=exchange, sample=Sample.read(), console=Console(quiet=True))
    for _, step in STEPS:
        step(told)
    return told


def browser_at(exchange: ComposedExchange) -> httpx.Client:
    return httpx.Client(base_url=exchange.origin, trust_env=False, follow_redirects=True)


def test_no_container_was_restarted_before_it_was_ready(exchange: ComposedExchange) -> None:
    restarts = exchange.restarts()

    assert len(restarts) > len(SERVICES)
    assert set(restarts.values()) == {"0"}


def test_the_story_is_told(story: Story) -> None:
    assert story.fitting
    assert (story.contacts, story.answers) == (2, 2)
    assert story.figures


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_finds_nothing_wrong_after_it(
    exchange: ComposedExchange, story: Story, service: str
) -> None:
    await eventually(lambda: "Nothing wrong" in exchange.run(service, "doctor"), timeout=60)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_not_root_and_has_no_build_tools(
    exchange: ComposedExchange, service: str
) -> None:
    found = exchange.compose(
        "exec", "--no-TTY", service, "sh", "-c", "id -u; command -v uv gcc cc || true"
    )

    assert found.split() == ["10001"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/sign-in", 200), ("/surveys/reports", 303), ("/notifications/mails", 303)],
)
def test_the_gateway_leads_to_the_owner_of_a_page(
    exchange: ComposedExchange, path: str, status: int
) -> None:
    with browser_at(exchange) as browser:
        assert browser.get(path, follow_redirects=False).status_code == status


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_what_operators_read_is_not_for_visitors(exchange: ComposedExchange, path: str) -> None:
    with browser_at(exchange) as browser:
        assert browser.get(path).status_code == 404


def test_only_the_signer_of_sessions_holds_their_private_key(exchange: ComposedExchange) -> None:
    holders = [
        service
        for service in SERVICES
        if "private" in exchange.compose("exec", "--no-TTY", service, "ls", "/run/secrets")
    ]

    assert holders == ["listings"]


async def test_the_gateway_gives_nobodys_cookies_to_another(
    exchange: ComposedExchange, story: Story
) -> None:
    with story.member(story.sample.moderator) as moderator, browser_at(exchange) as visitor:
        assert moderator.open("/moderation").url.path == "/moderation"
        assert visitor.get("/moderation").url.path == "/sign-in"
        assert moderator.open("/moderation").url.path == "/moderation"


async def test_the_directory_reaches_kafka(exchange: ComposedExchange, story: Story) -> None:
    rows = len(story.sample.organisations)

    await eventually(lambda: _reaches(exchange, "organisation.state", records=rows), timeout=60)


async def test_what_is_known_outlives_a_kill_of_everything(
    exchange: ComposedExchange, story: Story
) -> None:
    author = story.sample.author(story.sample.offer)
    with story.member(author) as member:
        exchange.compose("kill")
        exchange.up()

        assert member.open("/my/tokens").url.path == "/my/tokens"
    again = exchange.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
    assert "0 new, 0 changed" in again


async def _reaches(exchange: ComposedExchange, topic: str, *, records: int) -> bool:
    return len({record.key for record in await _records(exchange, topic)}) >= records


async def _records(exchange: ComposedExchange, topic: str) -> list[Any]:
    """Everything a subscriber who knows nothing of us reads from the topic's start."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=exchange.kafka_bootstrap, auto_offset_reset="earliest"
    )
    async with consumer:
        numbers = await partitions_of(exchange.kafka_bootstrap, topic)
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        read: list[Any] = []
        while any([await consumer.position(each) < end for each, end in ends.items()]):
            batches = await consumer.getmany(timeout_ms=500)
            read += [record for batch in batches.values() for record in batch]
        return read
