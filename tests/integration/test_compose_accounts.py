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


def test_what_is_left_of_an_account_is_listed_and_taken_away(composed: ComposedExchange) -> None:
    partner(composed, "add", "halbweg")
    user = ("--entity-type", "users", "--entity-name", "halbweg")
    kafka_tool(composed, "kafka-configs.sh", "--alter", *user, "--delete-config", "SCRAM-SHA-512")

    listed = partner(composed, "list").split()
    partner(composed, "remove", "halbweg")

    assert listed == ["halbweg", "nordlicht"]
    assert partner(composed, "list").split() == ["nordlicht"]
    assert "User:nordlicht" in (grants := kafka_tool(composed, "kafka-acls.sh", "--list"))
    assert "User:halbweg" not in grants


def test_a_broker_that_is_silent_is_not_taken_for_one_that_knows_nobody(
    composed: ComposedExchange, tmp_path: Path
) -> None:
    """Kafka's own tool gives up after a minute, and with these words."""
    silent = tmp_path / "kafka-configs.sh"
    silent.write_text("#!/bin/sh\necho java.util.concurrent.TimeoutException\nexit 1\n")
    silent.chmod(0o755)
    instead = ("--volume", f"{silent}:/opt/kafka/bin/{silent.name}:ro")

    with pytest.raises(CommandFailed) as refused:
        partner(composed, "remove", "nordlicht", options=instead)

    assert "Kafka did not do it: java.util.concurrent.TimeoutException" in str(refused.value)
    assert "has no account" not in str(refused.value)
