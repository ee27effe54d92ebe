"""The demo with each service killed in the middle of it; then what must hold, holds."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import inspected
import invariants
import pytest
import registering
import resting
from bad_input import FORGED_LINKS, LISTING, WRONG_FIELDS, traces
from judged import FITTING_SHARE, TRAPS
from prometheus import Prometheus

from embedded.demo import STEPS
from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.story import Story
from embedded.story_matching import titles_of
from embedded.testing import eventually

ANSWER_SECONDS = 60

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def exchange(played: Exchange) -> Exchange:
    return played


@pytest.fixture
async def member(story: Story) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=story.exchange.origin,
        headers={"Authorization": f"Bearer {story.token}", "Accept-Language": "de"},
        trust_env=False,
        timeout=ANSWER_SECONDS,
    ) as client:
        yield client


@pytest.fixture(scope="module")
def prometheus(
    exchange: Exchange, story: Story, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    with Prometheus.watching(exchange, tmp_path_factory.mktemp("prometheus")) as watching:
        yield watching


class TestTold:
    def test_every_step_is_told_by_its_name(self, story: Story) -> None:
        said = story.console.export_text(clear=False)

        assert [name for name, _ in STEPS if f"done {name}" not in said] == []
        assert f"{story.contacts} contacts" in said


class TestProposals:
    def test_most_of_them_were_judged_fitting(self, story: Story) -> None:
        pairs = [titles_of(proposal) for proposal in story.records("match.proposed")]
        fitting = [pair for pair in pairs if story.sample.fits(*pair)]

        assert len(fitting) / len(pairs) > FITTING_SHARE

    @pytest.mark.parametrize(("request_id", "offer_id"), TRAPS.values(), ids=TRAPS)
    def test_the_same_word_for_another_thing_brings_nobody_together(
        self, story: Story, request_id: str, offer_id: str
    ) -> None:
        request, offer = (story.sample.listings[each]["title"] for each in (request_id, offer_id))
        proposed = [titles_of(proposal) for proposal in story.records("match.proposed")]

        assert not story.sample.fits(request, offer)
        assert (request, offer) not in proposed


def test_whoever_is_let_in_is_told_and_begins(exchange: Exchange, story: Story) -> None:
    page = registering.where_a_newcomer_begins(story)

    assert f"Sie sprechen für {registering.NEWCOMER['organisation_name']}." in page.text
    asyncio.run(resting.wait_until_at_rest(exchange))


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

    @pytest.mark.parametrize("service", invariants.READERS)
    async def test_every_copy_is_what_its_owner_has(
        self, exchange: Exchange, story: Story, service: str
    ) -> None:
        await invariants.demand_same_state(exchange, service)

    async def test_every_live_listing_is_matched(self, exchange: Exchange, story: Story) -> None:
        await invariants.demand_listings_matched(exchange)

    async def test_every_pair_is_proposed_once(self, exchange: Exchange, story: Story) -> None:
        await invariants.demand_one_proposal_a_pair(exchange)

    async def test_every_mail_arrived_once(self, exchange: Exchange, story: Story) -> None:
        await invariants.demand_mails_sent_once(exchange)
        assert exchange.mailbox.mails


class TestBadInput:
    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        WRONG_FIELDS,
    )
    async def test_a_wrong_field_is_named_and_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, wrong: dict[str, object], pointer: str
    ) -> None:
        before = await traces(exchange)

        answer = await member.post("/api/v1/listings", json=LISTING | wrong)

        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        assert await traces(exchange) == before

    @pytest.mark.parametrize(
        ("body", "status"), [(b'{"kind": ', 422), (b"x" * 5_000_000, 413)], ids=["broken", "huge"]
    )
    async def test_a_wrong_body_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, body: bytes, status: int
    ) -> None:
        before = await traces(exchange)
        headers = {"Content-Type": "application/json"}

        answer = await member.post("/api/v1/listings", content=body, headers=headers)

        assert answer.status_code == status
        assert await traces(exchange) == before

    @pytest.mark.parametrize(
        ("page", "action"),
        FORGED_LINKS,
    )
    async def test_a_forged_link_opens_nothing_and_leaves_no_trace(
        self, exchange: Exchange, member: httpx.AsyncClient, page: str, action: str
    ) -> None:
        before = await traces(exchange)

        opened = await member.get(page)
        pressed = await member.post(f"{page}{action}", data={"reason": "region"})

        for answer in (opened, pressed):
            assert answer.status_code in {404, 410}
            assert "Dieser Link" in answer.text, "the route itself refuses it"
        assert await traces(exchange) == before


@pytest.mark.prometheus
class TestWatched:
    async def test_every_panel_shows_what_the_story_left(self, prometheus: Prometheus) -> None:
        await eventually(lambda: not prometheus.panels_without_series(), timeout=120)

    async def test_every_alert_is_understood_and_none_fires(self, prometheus: Prometheus) -> None:
        await eventually(lambda: prometheus.alerts() == {("ok", "inactive")}, timeout=120)


class TestOrderlyEnd:
    def test_every_service_ends_in_time_with_code_0(self, exchange: Exchange, story: Story) -> None:
        assert exchange.stop_services() == dict.fromkeys(SERVICES, 0)
