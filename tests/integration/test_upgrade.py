"""The release before, upgraded under traffic as the handbook says: no write is lost or doubled.

It is the last tag, or where there is none the last commit with another schema; its code runs with
the packages of today, so it is not tried where it was locked to others, or without a history.
"""

import asyncio
import io
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from uuid import uuid4

import httpx
import inspected
import invariants
import pytest
import resting

from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.stack import Stack
from embedded.story_sample import Sample
from embedded.waiting import wait_until

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "embedded" / "sample"
READERS_FIRST = ("surveys", "notifications", "matching", "listings")
LISTING = {
    "kind": "offer",
    "cooperation": "product",
    "title": "Sterile Probenröhrchen",
    "description": "Sterile Röhrchen mit Schraubdeckel für Speichelproben, ab Lager.",
    "category": "diagnostics",
    "language": "de",
    "visibility": "public",
}
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 120

pytestmark = [pytest.mark.model, pytest.mark.timeout(400)]


def git(*words: str) -> bytes:
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, check=False)  # noqa: S603, S607
    return done.stdout


def release_before() -> str:
    tag = git("describe", "--tags", "--abbrev=0", "HEAD^")
    schema = git("log", "-1", "--format=%H^", "--", ":(glob)**/migrations/*.sql")
    found = (tag or schema).decode().strip()
    locked = git("show", f"{found}:requirements.lock") if found else b""
    if locked != (ROOT / "requirements.lock").read_bytes():
        pytest.skip("no release before this one is known that runs with the packages of today")
    return found


class Traffic:
    """A member who posts one listing after the other, each until it is accepted."""

    def __init__(self, origin: str, token: str) -> None:
        self.accepted: list[str] = []
        self._client = httpx.Client(
            base_url=origin, headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._post_until_enough)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()
        self._client.close()

    def goes_on(self) -> None:
        """Return once another listing was accepted."""
        before = len(self.accepted)
        wait_until(
            lambda: len(self.accepted) > before,
            limit_seconds=PATIENCE_SECONDS,
            waiting_for="a listing to be accepted",
        )

    def _post_until_enough(self) -> None:
        while not self._enough.is_set():
            key = {"Idempotency-Key": str(uuid4())}
            while not self._post(key):
                self._enough.wait(PAUSE_SECONDS)
            self._enough.wait(PAUSE_SECONDS)

    def _post(self, key: dict[str, str]) -> bool:
        """While its service is away the gateway refuses; what was accepted is answered again."""
        try:
            answer = self._client.post("/api/v1/listings", json=LISTING, headers=key)
        except httpx.TransportError:
            return False
        if not answer.is_success:
            return False
        self.accepted.append(answer.json()["id"])
        return True


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables under which a service runs the code of the release before."""
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(git("archive", release_before()))) as archive:
        archive.extractall(folder, filter="data")
    sources = ("chassis", "shared/schemas", *(f"services/{name}" for name in SERVICES))
    return {
        "PYTHONPATH": ":".join(str(folder / source / "src") for source in sources),
        "MATCHING_MODEL_DIR": str(ROOT / ".cache" / "matching-model"),
    }


@pytest.fixture(scope="module")
def exchange(before: dict[str, str]) -> Iterator[Exchange]:
    with Stack(durable=False) as stack, Exchange(stack, variables=before) as exchange:
        exchange.run("listings", "import", "organisations", SAMPLE / "organisations.csv")
        exchange.run("listings", "import", "members", SAMPLE / "members.csv")
        exchange.run("listings", "import", "listings", SAMPLE / "listings.csv", "--publish")
        yield exchange


@pytest.fixture(scope="module")
def accepted(exchange: Exchange) -> list[str]:
    """What was posted during the upgrade: migrations first, then readers before writers."""
    sample = Sample.read()
    email = sample.author(sample.offer)["email"]
    token = exchange.run("listings", "token", "create", email, "--label", "upgrade").strip()
    with Traffic(exchange.origin, token) as traffic:
        traffic.goes_on()
        running = dict(exchange.services)
        for name in SERVICES:
            exchange.renew(name)
            exchange.run(name, "migrate")
        traffic.goes_on()
        for name in READERS_FIRST:
            running[name].stop()
            exchange.start(name)
            exchange.wait_ready(name)
            traffic.goes_on()
    asyncio.run(resting.wait_until_at_rest(exchange))
    return traffic.accepted


def test_it_began_with_another_schema(before: dict[str, str]) -> None:
    old, new = (
        {path.name for source in sources for path in Path(source).rglob("migrations/*.sql")}
        for sources in (before["PYTHONPATH"].split(":"), [ROOT / "chassis", ROOT / "services"])
    )

    assert old < new


async def test_every_accepted_listing_is_there_once(
    exchange: Exchange, accepted: list[str]
) -> None:
    kept = await inspected.fetch(exchange, "listings", "select id::text from listing")

    assert len(accepted) == len(set(accepted)) > len(READERS_FIRST)
    assert set(accepted) <= {row["id"] for row in kept}


async def test_nothing_is_lost_and_nothing_happened_twice(
    exchange: Exchange, accepted: list[str]
) -> None:
    await resting.demand_all_at_rest(exchange)


@pytest.mark.parametrize("reader", invariants.READERS)
async def test_every_reader_knows_what_the_owner_has(
    exchange: Exchange, accepted: list[str], reader: str
) -> None:
    await invariants.demand_same_state(exchange, reader)


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_finds_anything_wrong(
    exchange: Exchange, accepted: list[str], service: str
) -> None:
    assert "Nothing wrong" in exchange.run(service, "doctor")
