"""The reader that partners copy from docs/federation.md passes over no record that it failed at."""

import re
import subprocess
import sys
from pathlib import Path

import certifi
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from embedded.kafka import Kafka

TOPIC = "public.listing.state"
HEADERS = [("ce_type", b"public.listing.state.v1"), ("ce_revision", b"7")]
IDS = ("first", "second", "third")
# The broker here has no TLS; all else is as the page says.
OPEN = """
with_tls = settings
settings = lambda file: with_tls(file) | {"security_protocol": "PLAINTEXT"}
"""
END = "asyncio.run("
PATIENCE_SECONDS = 60


@pytest.fixture
async def reader(kafka_server: Kafka, tmp_path: Path) -> list[str]:
    """The command that reads three tombstones, in a group that has no place yet."""
    bootstrap = kafka_server.bootstrap
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for each in IDS:
            headers = [*HEADERS, ("ce_subject", each.encode())]
            await producer.send_and_wait(TOPIC, key=each.encode(), headers=headers)
    script, account = tmp_path / "follow.py", tmp_path / "nordlicht.properties"
    script.write_text(example().replace(END, f"{OPEN}{END}"))
    account.write_text(properties(bootstrap))
    return [sys.executable, str(script), str(account)]


def example() -> str:
    page = Path(__file__).parents[2] / "docs" / "federation.md"
    [block] = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    return str(block)


def properties(bootstrap: str) -> str:
    known = Path(certifi.where()).read_text(encoding="utf-8")
    authority = re.findall(r"-----BEGIN.*?-----END CERTIFICATE-----", known, re.DOTALL)[0]
    on_one_line = authority.replace("\n", "\\n")
    return "\n".join(
        [
            f"bootstrap.servers={bootstrap}",
            "security.protocol=SASL_SSL",
            "sasl.mechanism=SCRAM-SHA-512",
            'sasl.jaas.config=Module required username="nordlicht" password="open";',
            "group.id=nordlicht.reader",
            "auto.offset.reset=earliest",
            "isolation.level=read_committed",
            f"ssl.truststore.certificates={on_one_line}",
        ]
    )


def test_what_could_not_be_kept_is_read_again(reader: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        failed = subprocess.run(reader, stdout=full, check=False, timeout=PATIENCE_SECONDS)  # noqa: S603

    with subprocess.Popen(reader, stdout=subprocess.PIPE, text=True) as again:  # noqa: S603
        assert again.stdout is not None
        first = again.stdout.readline()
        again.kill()

    assert failed.returncode != 0
    assert first == "delete first 7\n"
