"""The production form on Docker: one command starts it, and it keeps what it was told."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.provisioning import partitions_of
from embedded.ports import free_port
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "embedded" / "sample"
SERVICES = ("listings", "matching", "notifications", "surveys")
MEMBER = "soenke.ahlers@dosiertechnik-warnow.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedExchange:
    """The exchange as `compose.yaml` starts it, under a name and on ports of its own."""

    name: str
    ports: Mapping[str, int]

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.ports['GATEWAY_PORT']}"

    @property
    def kafka_bootstrap(self) -> str:
        return f"localhost:{self.ports['KAFKA_PORT']}"

    @property
    def mail_url(self) -> str:
        return f"http://localhost:{self.ports['MAIL_PORT']}"

    def compose(self, *arguments: str) -> str:
        command = ["docker", "compose", "--file", "deploy/compose.yaml", "--profile", "mail"]
        done = subprocess.run(  # noqa: S603 - the commands are ours
            [*command, "--project-name", self.name, *arguments],
            cwd=ROOT,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout}"
        return done.stdout

    def up(self) -> None:
        self.compose("up", "--detach", "--wait", "--wait-timeout", "300")

    def run(self, service: str, *arguments: str) -> str:
        """A command of a service's command line, in its container."""
        return self.compose("exec", "--no-TTY", service, "python", "-m", service, *arguments)

    def take_in(self, kind: str, *options: str) -> str:
        """Import a file of the sample cluster."""
        self.compose("cp", str(SAMPLE / f"{kind}.csv"), f"listings:/tmp/{kind}.csv")
        return self.run("listings", "import", kind, f"/tmp/{kind}.csv", *options)  # noqa: S108

    def browser(self) -> httpx.Client:
        return httpx.Client(base_url=self.origin, trust_env=False, follow_redirects=True)

    def _environment(self) -> dict[str, str]:
        own = {name: str(port) for name, port in self.ports.items()}
        return dict(os.environ) | own | {"PUBLIC_URL": self.origin}


@pytest.fixture(scope="module")
def exchange() -> Iterator[ComposedExchange]:
    ports = {name: free_port() for name in ("GATEWAY_PORT", "KAFKA_PORT", "MAIL_PORT")}
    exchange = ComposedExchange(name=f"exchange-test-{ports['GATEWAY_PORT']}", ports=ports)
    try:
        # One build an image; `up --build` makes one for every container that uses it.
        exchange.compose("build", *SERVICES)
        exchange.up()
        exchange.take_in("organisations")
        exchange.take_in("members")
        exchange.take_in("listings", "--publish")
        yield exchange
    finally:
        exchange.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_finds_nothing_wrong(exchange: ComposedExchange, service: str) -> None:
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
    [("/", 200), ("/sign-in", 200), ("/surveys/reports", 401), ("/notifications/mails", 401)],
)
def test_the_gateway_leads_to_the_owner_of_a_page(
    exchange: ComposedExchange, path: str, status: int
) -> None:
    with exchange.browser() as browser:
        assert browser.get(path).status_code == status


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_what_operators_read_is_not_for_visitors(exchange: ComposedExchange, path: str) -> None:
    with exchange.browser() as browser:
        assert browser.get(path).status_code == 404


def test_only_the_signer_of_sessions_holds_their_private_key(exchange: ComposedExchange) -> None:
    holders = [
        service
        for service in SERVICES
        if "private" in exchange.compose("exec", "--no-TTY", service, "ls", "/run/secrets")
    ]

    assert holders == ["listings"]


async def test_the_directory_reaches_kafka(exchange: ComposedExchange) -> None:
    rows = len((SAMPLE / "organisations.csv").read_text(encoding="utf-8").splitlines()) - 1

    await eventually(lambda: _reaches(exchange, "organisation.state", records=rows), timeout=60)


async def test_a_public_record_names_no_person(exchange: ComposedExchange) -> None:
    await eventually(lambda: _reaches(exchange, "public.listing.state", records=100), timeout=60)
    people = re.findall(r"[\w.]+@[\w.-]+", (SAMPLE / "members.csv").read_text(encoding="utf-8"))

    for record in await _records(exchange, "public.listing.state"):
        assert dict(record.headers)["ce_specversion"] == b"1.0"
        assert not any(address in record.value.decode() for address in people)


async def test_a_member_signs_in_by_mail_and_stays_signed_in_over_a_restart(
    exchange: ComposedExchange,
) -> None:
    with exchange.browser() as browser:
        _send_form(browser, "/sign-in", email=MEMBER)
        link = await eventually(lambda: _link_in_mail(exchange), timeout=60)
        _send_form(browser, link)
        assert browser.get("/my/tokens").status_code == 200

        exchange.compose("kill")
        exchange.up()

        assert browser.get("/my/tokens").status_code == 200
    assert "0 new, 0 changed" in exchange.take_in("listings", "--publish")


def _send_form(browser: httpx.Client, path: str, **fields: str) -> None:
    page = browser.get(path)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None, page.text
    assert browser.post(path, data={"form_token": token[1], **fields}).is_success


def _link_in_mail(exchange: ComposedExchange) -> str:
    with httpx.Client(base_url=exchange.mail_url, trust_env=False) as catcher:
        for mail in catcher.get("/api/v1/messages").json()["messages"]:
            if MEMBER in {each["Address"] for each in mail["To"]}:
                text = catcher.get(f"/api/v1/message/{mail['ID']}").json()["Text"]
                return _path_of_link(exchange, text)
    return ""


def _path_of_link(exchange: ComposedExchange, text: str) -> str:
    found = re.search(re.escape(exchange.origin) + r"(/sign-in/\S+)", text)
    assert found is not None, text
    return found[1]


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
