"""The composed exchange loses its server and comes back with all that was archived.

Left are backups, secrets, settings and the operator's list of who was erased. Then a mistake is
undone by going back to the moment before it.
"""

import csv
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from composed import SERVICES, ComposedExchange, run

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from composed_place import ComposedPlace
from point import Refused, moment
from restoring import back_up, restore

from embedded.story_sample import SAMPLE
from embedded.testing import eventually
from embedded.waiting import wait_until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(500)]

COPIES = "select count(*) from state_copy where name = 'organisation.state'"
READERS = ("matching", "notifications", "surveys")
PROMOTED = "soenke.ahlers@dosiertechnik-warnow.example"
ASIDE = ("run", "--rm", "--no-deps", "--no-TTY", "--user", "postgres", "--entrypoint")
ADMINS = "select count(*) from member where 'admin' = any(roles)"
KNOWN_ADMINS = (
    "select count(*) from state_copy where name = 'member.state' and payload->'roles' ? 'admin'"
)


@pytest.fixture(scope="module")
def place(composed: ComposedExchange) -> ComposedPlace:
    """With a backup of no organisation but those of the story, if it was told."""
    place = ComposedPlace(composed.command, composed.environment)
    back_up(place, say=print)
    return place


@pytest.fixture(scope="module")
def restored(composed: ComposedExchange, place: ComposedPlace) -> int:
    """After the backup the directory is imported, then the server burns; how many organisations."""
    composed.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
    composed.run("listings", "import", "members", SAMPLE / "members.csv")
    count = int(composed.select("listings", "select count(*) from organisation"))
    place.flush()
    composed.run("listings", "erase", "member", somebody(), "--yes")
    own_list = composed.run("listings", "erase", "list")

    lose_the_server(composed)
    composed.compose(*ASIDE, "tee", "postgres", "-a", "/backups/erased.csv", given=own_list)
    composed.compose("run", "--rm", "provision")
    restore(place, None, now=datetime.now(UTC), say=print)
    return count


def somebody() -> str:
    """The address of a member of an organisation that published nothing."""
    with (SAMPLE / "members.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))[-1]["email"]


def lose_the_server(composed: ComposedExchange) -> None:
    composed.compose("rm", "--stop", "--force", *SERVICES, "kafka", "postgres")
    for volume in ("kafka", "matching-index", "postgres"):
        run(["docker", "volume", "rm", f"{composed.name}_{volume}"])


@pytest.fixture(scope="module")
def undone(composed: ComposedExchange, place: ComposedPlace, restored: int) -> tuple[int, int]:
    """Somebody is made admin by mistake; all goes back to just before. How many there were."""
    before = int(composed.select("listings", ADMINS))
    right = datetime.fromisoformat(composed.select("listings", "select clock_timestamp()"))
    composed.run("listings", "role", "grant", PROMOTED, "admin")
    mistaken = int(composed.select("listings", ADMINS))
    for reader in READERS:
        wait_until(
            lambda reader=reader: int(composed.select(reader, KNOWN_ADMINS)) == mistaken,  # type: ignore[misc]
            limit_seconds=180,
            waiting_for=f"the mistake in {reader}",
        )

    restore(place, right, now=datetime.now(UTC), say=print)
    return before, mistaken


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("2999-01-01T00:00", "lies in the future"),
        ("2026-01-01T00:00", "The oldest backup is of"),
        ("gestern", "is no time: write it as"),
    ],
)
def test_what_cannot_be_restored_is_refused(place: ComposedPlace, to: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        restore(place, moment(to), now=datetime.now(UTC), say=print)


def test_the_owner_knows_what_was_written_after_the_backup(
    composed: ComposedExchange, restored: int
) -> None:
    assert restored > 0
    assert composed.select("listings", "select count(*) from organisation") == str(restored)


def test_who_was_erased_since_is_erased_again(composed: ComposedExchange, restored: int) -> None:
    named = f"select count(*) from member where email = '{somebody()}'"

    assert composed.select("listings", named) == "0"
    assert composed.select("listings", "select count(*) from member") != "0"


@pytest.mark.parametrize("reader", READERS)
async def test_every_reader_knows_as_much(
    composed: ComposedExchange, restored: int, reader: str
) -> None:
    await eventually(lambda: composed.select(reader, COPIES) == str(restored), timeout=180)


def test_what_came_after_the_moment_is_undone_and_nothing_else(
    composed: ComposedExchange, restored: int, undone: tuple[int, int]
) -> None:
    before, mistaken = undone
    assert mistaken == before + 1

    assert composed.select("listings", ADMINS) == str(before)
    assert composed.select("listings", "select count(*) from organisation") == str(restored)


@pytest.mark.parametrize("reader", READERS)
async def test_every_reader_takes_it_back_though_kafka_had_told_it(
    composed: ComposedExchange, undone: tuple[int, int], reader: str
) -> None:
    before, _ = undone

    await eventually(lambda: composed.select(reader, KNOWN_ADMINS) == str(before), timeout=180)


def test_no_mail_arrived_twice(composed: ComposedExchange, undone: tuple[int, int]) -> None:
    arrived = Counter(mail.message_id for mail in composed.mailbox.mails)

    assert [mail for mail, times in arrived.items() if times > 1] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_finds_nothing_wrong_but_mails_to_decide_about(
    composed: ComposedExchange, undone: tuple[int, int], service: str
) -> None:
    def said() -> set[str]:
        found = composed.compose(
            "exec", "--no-TTY", service, "sh", "-c", f"python -m {service} doctor || true"
        )
        return {line for line in found.splitlines() if "mails are held" not in line}

    await eventually(lambda: said() <= {"✓ Nothing wrong was found."}, timeout=180)
