"""The production form on Docker: one command starts it, and it keeps what it was told."""

from typing import Any

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from composed import FILES, SERVICES, CommandFailed, ComposedExchange, run

from chassis.provisioning import partitions_of
from embedded.story import Story
from embedded.story_sample import SAMPLE
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]

ANSWER_SECONDS = 60
A_WHILE = 120
READ_METRICS = """from urllib.request import urlopen
print(urlopen("http://localhost:8000/metrics").read().decode())"""
LOOK_FOR_TOOLS = """id -u
command -v uv gcc cc pip pip3
for python in /usr/local/bin/python3 /usr/bin/python3; do
  ! "$python" -c "import pip" 2>/dev/null || echo "$python has pip"
done"""


def browser_at(composed: ComposedExchange) -> httpx.Client:
    return httpx.Client(
        base_url=composed.origin, trust_env=False, follow_redirects=True, timeout=ANSWER_SECONDS
    )


def test_no_container_was_restarted_before_it_was_ready(composed: ComposedExchange) -> None:
    restarts = composed.restarts()

    assert len(restarts) > len(SERVICES)
    assert set(restarts.values()) == {"0"}


def test_the_story_is_told(told: Story) -> None:
    assert told.fitting
    assert (told.contacts, told.answers) == (2, 2)
    assert told.figures


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_finds_nothing_wrong_after_it(
    composed: ComposedExchange, told: Story, service: str
) -> None:
    await eventually(lambda: "Nothing wrong" in composed.run(service, "doctor"), timeout=A_WHILE)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_not_root_and_has_no_build_tools(
    composed: ComposedExchange, service: str
) -> None:
    found = composed.compose("exec", "--no-TTY", service, "sh", "-c", LOOK_FOR_TOOLS)

    assert found.split() == ["10001"]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/sign-in", 200), ("/surveys/reports", 303), ("/notifications/mails", 303)],
)
def test_the_gateway_leads_to_the_owner_of_a_page(
    composed: ComposedExchange, path: str, status: int
) -> None:
    with browser_at(composed) as browser:
        assert browser.get(path, follow_redirects=False).status_code == status


@pytest.mark.parametrize(
    ("service", "figure"),
    [
        ("matching", 'disk_free_ratio{folder="/var/lib/matching"}'),
        ("listings", 'broker_disk_free_ratio{folder="/var/lib/kafka/data of broker 1"}'),
    ],
)
async def test_the_disk_behind_a_volume_is_watched(
    composed: ComposedExchange, service: str, figure: str
) -> None:
    told = ("exec", "--no-TTY", service, "python", "-c", READ_METRICS)

    await eventually(lambda: figure in composed.compose(*told), timeout=A_WHILE)


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_what_operators_read_is_not_for_visitors(composed: ComposedExchange, path: str) -> None:
    with browser_at(composed) as browser:
        assert browser.get(path).status_code == 404


def test_the_gateway_refuses_what_is_too_large(composed: ComposedExchange) -> None:
    with browser_at(composed) as browser:
        assert browser.post("/sign-in", content=b"x" * 3_000_000).status_code == 413


def test_what_the_gateway_says_itself_is_guarded_too(composed: ComposedExchange) -> None:
    with browser_at(composed) as browser:
        headers = browser.get("/metrics").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Server" not in headers


@pytest.mark.parametrize("container", ["gateway", "kafka", "postgres", *SERVICES])
def test_a_container_writes_no_file_of_its_image(
    composed: ComposedExchange, container: str
) -> None:
    root = composed.compose("exec", "--no-TTY", container, "grep", " / ", "/proc/mounts")

    *_, options, _, _ = root.split()
    assert options.split(",")[0] == "ro"


def test_everything_that_is_kept_has_a_name(composed: ComposedExchange) -> None:
    volumes = '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}} {{end}}{{end}}'
    running = composed.compose("ps", "--all", "--quiet").split()

    kept = run(["docker", "inspect", "--format", volumes, *running]).split()

    assert [name for name in kept if not name.startswith(f"{composed.name}_")] == []


def test_only_the_signer_of_sessions_holds_their_private_key(composed: ComposedExchange) -> None:
    holders = [
        service
        for service in SERVICES
        if "private" in composed.compose("exec", "--no-TTY", service, "ls", "/run/secrets")
    ]

    assert holders == ["listings"]


async def test_the_gateway_gives_nobodys_cookies_to_another(
    composed: ComposedExchange, told: Story
) -> None:
    with told.member(told.sample.moderator) as moderator, browser_at(composed) as visitor:
        assert moderator.open("/moderation").url.path == "/moderation"
        assert visitor.get("/moderation").url.path == "/sign-in"
        assert moderator.open("/moderation").url.path == "/moderation"


async def test_the_directory_reaches_kafka(composed: ComposedExchange, told: Story) -> None:
    rows = len(told.sample.organisations)

    await eventually(
        lambda: _reaches(composed, "organisation.state", records=rows), timeout=A_WHILE
    )


async def test_what_is_known_outlives_a_kill_of_everything(
    composed: ComposedExchange, told: Story
) -> None:
    author = told.sample.author(told.sample.offer)
    with told.member(author) as member:
        composed.compose("kill")
        composed.up()

        assert member.open("/my/tokens").url.path == "/my/tokens"
    again = composed.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
    assert "0 new, 0 changed" in again


def test_before_there_are_secrets_a_sentence_says_what_makes_them() -> None:
    with pytest.raises(CommandFailed, match="Run make secrets first") as refused:
        run(["docker", "compose", "--env-file", "/dev/null", "--file", FILES[0], "up"])

    assert str(refused.value).strip().count("\n") == 1


class TestRoles:
    @pytest.mark.parametrize("service", SERVICES)
    async def test_a_service_reaches_no_database_but_its_own(
        self, composed: ComposedExchange, service: str
    ) -> None:
        for database in {*SERVICES, "postgres", "template1"} - {service}:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asyncpg.connect(composed.database_url(service, database=database))


@pytest.mark.parametrize("service", SERVICES)
def test_no_other_c_library_changes_the_order_of_a_database(
    composed: ComposedExchange, service: str
) -> None:
    query = "select datlocprovider, datlocale from pg_database where datname = current_database()"

    assert composed.select(service, query) == "b|C.UTF-8"


async def _reaches(composed: ComposedExchange, topic: str, records: int) -> bool:
    return len({record.key for record in await _records(composed, topic)}) >= records


async def _records(composed: ComposedExchange, topic: str) -> list[Any]:
    """Everything a subscriber who knows nothing of us reads from the topic's start."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=composed.kafka_bootstrap, auto_offset_reset="earliest"
    )
    async with consumer:
        numbers = await partitions_of(composed.kafka_bootstrap, topic)
        partitions = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        read: list[Any] = []
        while any([await consumer.position(each) < end for each, end in ends.items()]):
            batches = await consumer.getmany(timeout_ms=500)
            read += [record for batch in batches.values() for record in batch]
        return read
