"""A partner of the exchange on Docker: what its account may read, and that it may nothing else."""

import gc
import re
import ssl
import sys
import warnings
from asyncio import create_subprocess_exec, wait_for
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    TopicAuthorizationFailedError,
)
from composed import ComposedExchange
from partner_accounts import PartnerFile, partner

from embedded.story import Story
from embedded.testing import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]

PUBLIC = "public.listing.state"
REFUSED_WITHIN_MS = 60_000
FEDERATION = Path(__file__).parents[2] / "docs" / "federation.md"
Client = TypeVar("Client", AIOKafkaConsumer, AIOKafkaProducer)


@pytest.fixture(autouse=True)
def sockets_of_refused_handshakes() -> Iterator[None]:
    """aiokafka leaves some to the collector, which would find them in somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def account(composed: ComposedExchange) -> Iterator[PartnerFile]:
    yield PartnerFile(partner(composed, "add", "nordlicht"))
    partner(composed, "remove", "nordlicht")


@asynccontextmanager
async def started(client: Client) -> AsyncIterator[Client]:
    """Also one that is refused at its start has to be stopped."""
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


def reader_of(account: PartnerFile, topic: str, *, group: str | None = None) -> AIOKafkaConsumer:
    group_id = group or account.value("group.id")
    return AIOKafkaConsumer(
        topic, **account.client(group_id=group_id, auto_offset_reset="earliest")
    )


async def test_a_partner_reads_public_topics(told: Story, account: PartnerFile) -> None:
    async with started(reader_of(account, PUBLIC)) as consumer:

        async def some_record() -> bool:
            return bool(await consumer.getmany(timeout_ms=500))

        assert await eventually(some_record, timeout=120)


def example() -> str:
    """The reader of docs/federation.md, as a partner copies it."""
    [block] = re.findall(r"```python\n(.*?)```", FEDERATION.read_text(), re.DOTALL)
    return str(block)


async def test_the_example_for_partners_reads_with_their_file(
    told: Story, account: PartnerFile, tmp_path: Path
) -> None:
    (tmp_path / "follow.py").write_text(example())
    # A group of its own: the file's may have read everything in another test.
    unread = account.text.replace(account.value("group.id"), "nordlicht.example")
    (tmp_path / "nordlicht.properties").write_text(unread)
    reader = await create_subprocess_exec(
        *(sys.executable, "follow.py", "nordlicht.properties"), cwd=tmp_path, stdout=PIPE
    )

    assert reader.stdout is not None
    try:
        first = await wait_for(reader.stdout.readline(), timeout=120)
    finally:
        reader.kill()
        await reader.wait()

    assert first.startswith((b"keep ", b"delete "))


@pytest.mark.parametrize("topic", ["member.state", "contact.accepted", "listing.state"])
async def test_it_is_refused_every_other_topic(account: PartnerFile, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        async with started(reader_of(account, topic)) as consumer:
            await consumer.getmany(timeout_ms=REFUSED_WITHIN_MS)


async def test_it_is_refused_groups_of_others(account: PartnerFile) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        async with started(reader_of(account, PUBLIC, group="matching")) as consumer:
            await consumer.getmany(timeout_ms=REFUSED_WITHIN_MS)


async def test_it_is_refused_writing(account: PartnerFile) -> None:
    async with started(AIOKafkaProducer(**account.client())) as producer:
        with pytest.raises(TopicAuthorizationFailedError):
            await producer.send_and_wait(PUBLIC, b"forged")


@pytest.mark.parametrize(
    "change",
    [
        lambda client: client | {"sasl_plain_password": "wrong"},
        lambda client: client | {"ssl_context": ssl.create_default_context()},
    ],
    ids=["a wrong password", "an authority that is not ours"],
)
async def test_nobody_else_gets_in(
    account: PartnerFile, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with pytest.raises(KafkaConnectionError):
        async with started(AIOKafkaConsumer(**change(account.client()))):
            pass
