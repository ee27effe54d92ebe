"""The composed exchange loses its database's volume, and comes back with all that was archived."""

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

pytestmark = [pytest.mark.docker, pytest.mark.timeout(400)]

COPIES = "select count(*) from state_copy where name = 'organisation.state'"


@pytest.fixture(scope="module")
def place(composed: ComposedExchange) -> ComposedPlace:
    """With a backup of no organisation but those of the story, if it was told."""
    place = ComposedPlace(composed.command, composed.environment)
    back_up(place, say=print)
    return place


@pytest.fixture(scope="module")
def restored(composed: ComposedExchange, place: ComposedPlace) -> int:
    """After the backup the directory is imported, then all is lost; how many organisations."""
    composed.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
    count = int(composed.select("listings", "select count(*) from organisation"))
    place.flush()

    composed.compose("rm", "--stop", "--force", "postgres")
    run(["docker", "volume", "rm", f"{composed.name}_postgres"])
    restore(place, None, now=datetime.now(UTC), say=print)
    return count


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


@pytest.mark.parametrize("reader", ["matching", "notifications", "surveys"])
async def test_every_reader_knows_as_much(
    composed: ComposedExchange, restored: int, reader: str
) -> None:
    await eventually(lambda: composed.select(reader, COPIES) == str(restored), timeout=60)


def test_no_mail_arrived_twice(composed: ComposedExchange, restored: int) -> None:
    arrived = Counter(mail.message_id for mail in composed.mailbox.mails)

    assert [mail for mail, times in arrived.items() if times > 1] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_finds_nothing_wrong_but_mails_to_decide_about(
    composed: ComposedExchange, restored: int, service: str
) -> None:
    def said() -> set[str]:
        found = composed.compose(
            "exec", "--no-TTY", service, "sh", "-c", f"python -m {service} doctor || true"
        )
        return {line for line in found.splitlines() if "mails are held" not in line}

    await eventually(lambda: said() <= {"✓ Nothing wrong was found."}, timeout=60)
