"""Accounts of partners on Docker: what `partner` says, and that nothing of an ended one is left."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from composed import CommandFailed, ComposedExchange
from partner_accounts import kafka_tool, partner

pytestmark = [pytest.mark.docker, pytest.mark.timeout(180)]


@pytest.fixture(scope="module", autouse=True)
def account(composed: ComposedExchange) -> Iterator[None]:
    partner(composed, "add", "nordlicht")
    yield
    partner(composed, "remove", "nordlicht")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("add", "nordlicht"), "nordlicht has an account. Take it away first"),
        (("add", "Nordlicht; rm"), "is no name for a partner"),
        (("add", "suedlicht\nrm"), "is no name for a partner"),
        (("add", "sued", "licht"), "partner add NAME | remove NAME | list"),
        (("remove", "suedlicht"), "suedlicht has no account"),
        (("grant",), "partner add NAME | remove NAME | list"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    composed: ComposedExchange, words: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CommandFailed, match=re.escape(reason)):
        partner(composed, *words)


def test_the_list_names_it(composed: ComposedExchange) -> None:
    assert partner(composed, "list").split() == ["nordlicht"]


def test_that_nobody_has_one_is_said_beside_an_empty_list(
    composed: ComposedExchange, tmp_path: Path
) -> None:
    """Kafka's own tool then says nothing."""
    told = ("-c", "sh /partner.sh list 2>&1 >/dev/null; sh /partner.sh list 2>/dev/null")

    said = partner(composed, *told, options=(*_instead(tmp_path, "exit 0"), "--entrypoint", "sh"))

    assert said == "Nobody has an account. To give one: partner add NAME\n"


def test_what_is_left_of_an_account_is_listed_and_taken_away(composed: ComposedExchange) -> None:
    user = ("--entity-type", "users", "--entity-name", "halbweg")
    limit = ("--add-config", "consumer_byte_rate=1,request_percentage=1")
    kafka_tool(composed, "kafka-configs.sh", "--alter", *user, *limit)
    granted = ("--allow-principal", "User:halbweg", "--operation", "Read", "--topic", "public.")
    pattern = ("--resource-pattern-type", "prefixed")
    kafka_tool(composed, "kafka-acls.sh", "--add", *granted, *pattern)

    listed = partner(composed, "list").split()
    partner(composed, "remove", "halbweg")

    assert listed == ["halbweg", "nordlicht"]
    assert partner(composed, "list").split() == ["nordlicht"]
    assert "User:nordlicht" in (grants := kafka_tool(composed, "kafka-acls.sh", "--list"))
    assert "User:halbweg" not in grants


def test_an_account_outlives_the_end_of_another_one_and_a_restart_of_the_broker(
    composed: ComposedExchange,
) -> None:
    """Kafka 4.2.0 forgets all passwords where it reads first of one that was deleted."""
    partner(composed, "add", "nordlicht2")
    partner(composed, "remove", "nordlicht2")

    composed.compose("restart", "kafka")
    composed.start("kafka")

    user = ("--entity-type", "users", "--entity-name", "nordlicht")
    kept = kafka_tool(composed, "kafka-configs.sh", "--describe", *user)
    assert "SCRAM-SHA-512" in kept
    assert partner(composed, "list").split() == ["nordlicht"]


def test_a_broker_that_is_silent_is_not_taken_for_one_that_knows_nobody(
    composed: ComposedExchange, tmp_path: Path
) -> None:
    """Kafka's own tool gives up after a minute, and with these words."""
    instead = _instead(tmp_path, "echo java.util.concurrent.TimeoutException\nexit 1")

    with pytest.raises(CommandFailed) as refused:
        partner(composed, "remove", "nordlicht", options=instead)

    assert "Kafka did not do it: java.util.concurrent.TimeoutException" in str(refused.value)
    assert "has no account" not in str(refused.value)


def _instead(folder: Path, script: str) -> tuple[str, str]:
    """Options that put it in the place of Kafka's tool for accounts."""
    tool = folder / "kafka-configs.sh"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return "--volume", f"{tool}:/opt/kafka/bin/{tool.name}:ro"
