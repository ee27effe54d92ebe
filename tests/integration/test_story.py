"""The whole story with each service killed in the middle of it; then what must hold, holds."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import inspected
import invariants
import pytest
import resting
from kills import KILLS
from rich.console import Console

from embedded.demo import STEPS
from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.story import Story
from embedded.story_sample import Sample

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]

LISTING = {
    "kind": "request",
    "cooperation": "product",
    "title": "Sterile Probenröhrchen",
    "description": "Wir suchen sterile Röhrchen mit Schraubdeckel für Speichelproben.",
    "category": "diagnostics",
    "language": "de",
    "visibility": "public",
    "postcode": "18055",
}


@pytest.fixture(scope="module")
def story(exchange: Exchange) -> Story:
    told = Story(exchange=exchange, sample=Sample.read(), console=Console(quiet=True))
    for _, step in STEPS:
        step(told)
        if step in KILLS:
            KILLS[step](exchange, told)
    asyncio.run(resting.wait_until_at_rest(exchange))
    return told


@pytest.fixture
async def member(story: Story) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=story.exchange.origin,
        headers={"Authorization": f"Bearer {story.token}"},
        trust_env=False,
    ) as client:
        yield client


class TestAfterTheStory:
    async def test_every_write_has_its_row(self, exchange: Exchange, story: Story) -> None:
        kept = await inspected.fetch(exchange, "listings", "select id::text from listing")
        contacts = await inspected.count(exchange, "listings", "select count(*) from contact")
        answered = "select count(*) from question where outcome is not null"

        assert set(story.listing_ids.values()) <= {row["id"] for row in kept}
        assert len(kept) == len(story.sample.listings)
        assert contacts == story.contacts
        assert await inspected.count(exchange, "surveys", answered) == story.answers

    @pytest.mark.parametrize("write", invariants.WRITES, ids=lambda write: write.topic)
    async def test_every_row_has_one_fact(
        self, exchange: Exchange, story: Story, write: invariants.Write
    ) -> None:
        await invariants.demand_one_fact_a_row(exchange, write)

    @pytest.mark.parametrize("service", SERVICES)
    async def test_every_fact_is_published(
        self, exchange: Exchange, story: Story, service: str
    ) -> None:
        published = await inspected.published_facts(exchange)

        await invariants.demand_outbox_published_once(exchange, service, published)

    @pytest.mark.parametrize("service", SERVICES)
    async def test_every_published_fact_is_handled_once(
        self, exchange: Exchange, story: Story, service: str
    ) -> None:
        published = await inspected.published_facts(exchange)

        await invariants.demand_everything_read(exchange, service, published)

    @pytest.mark.parametrize("service", ["matching", "notifications", "surveys"])
    async def test_every_copy_is_what_its_owner_has(
        self, exchange: Exchange, story: Story, service: str
    ) -> None:
        await invariants.demand_same_state(exchange, service)

    async def test_every_pair_is_proposed_once(self, exchange: Exchange, story: Story) -> None:
        await invariants.demand_one_proposal_a_pair(exchange)

    async def test_every_mail_arrived_once(self, exchange: Exchange, story: Story) -> None:
        await invariants.demand_mails_sent_once(exchange)
        assert exchange.mailbox.mails


class TestBadInput:
    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"title": "x" * 121}, "#/title"),
            ({"title": None}, "#/title"),
            ({"title": "Röhrchen\x00"}, "#/title"),
            ({"description": ["eine", "Liste"]}, "#/description"),
            ({"category": "weapons"}, "#/category"),
            ({"postcode": "99999"}, "#/postcode"),
            ({"valid_until": "2020-01-01"}, "#/valid_until"),
        ],
    )
    async def test_a_wrong_field_is_named_and_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, wrong: dict[str, object], pointer: str
    ) -> None:
        before = await _traces(exchange)

        answer = await member.post("/api/v1/listings", json=LISTING | wrong)

        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        assert await _traces(exchange) == before

    @pytest.mark.parametrize(
        ("body", "status"), [(b'{"kind": ', 422), (b"x" * 5_000_000, 413)], ids=["broken", "huge"]
    )
    async def test_a_wrong_body_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, body: bytes, status: int
    ) -> None:
        before = await _traces(exchange)
        headers = {"Content-Type": "application/json"}

        answer = await member.post("/api/v1/listings", content=body, headers=headers)

        assert answer.status_code == status
        assert await _traces(exchange) == before

    @pytest.mark.parametrize(
        "path",
        [
            "/sign-in/forged",
            "/contacts/forged",
            "/matching/proposals/forged",
            "/surveys/outcomes/forged",
            "/notifications/unsubscribe/forged",
        ],
    )
    async def test_a_forged_link_opens_nothing_and_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, path: str
    ) -> None:
        before = await _traces(exchange)

        opened = await member.get(path)
        pressed = await member.post(path, data={"reason": "region"})

        for answer in (opened, pressed):
            assert 400 <= answer.status_code < 500
            assert "Traceback" not in answer.text
        assert await _traces(exchange) == before


class TestOrderlyEnd:
    def test_every_service_ends_in_time_with_code_0(self, exchange: Exchange, story: Story) -> None:
        assert exchange.stop_services() == dict.fromkeys(SERVICES, 0)


async def _traces(exchange: Exchange) -> list[int]:
    """How many rows and events there are wherever a request could leave any."""
    tables = {
        "listings": ("listing", "contact", "outbox"),
        "matching": ("answer", "outbox"),
        "notifications": ("preference", "outbox"),
        "surveys": ("question", "outbox"),
    }
    return [
        await inspected.count(exchange, service, f"select count(*) from {table}")
        for service, names in tables.items()
        for table in names
    ]
