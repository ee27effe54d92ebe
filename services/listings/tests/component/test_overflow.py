"""Matching says that a request overflows: partner clusters are asked, if it may still leave."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from listing_builders import WRITTEN, a_listing, as_stored, on, said
from listings_scene import NOW, TRACER, AMember, AnOrganisation, ATokenOf, Browser, Published

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.hearing import Hearing, record_of
from listings import consumers, erasure
from listings.app import service
from listings.listing import commands, states
from listings.listing.listing import Listing
from listings.organisations.organisation import Organisation
from listings.settings import ListingsSettings
from schemas.listing import ListingState
from schemas.public import PublicListingOverflowed, PublicListingState, PublicListingUpdated
from schemas.request import RequestOverflowed
from schemas.vocabulary import SizeClass, Visibility

DEADLINE = NOW + timedelta(days=14)
ASKED = ["listing.state.v1", "public.listing.overflowed.v1", "public.listing.state.v1"]
LABEL = "Wenn sich hier niemand findet: auch Partnercluster fragen"
ARequest = Callable[..., Awaitable[Listing]]


@pytest.fixture(autouse=True)
def environment(settings: ListingsSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The consumer reads where people see the exchange from the settings, as in service."""
    for name in ("database_url", "form_key", "session_private_key", "public_url"):
        monkeypatch.setenv(f"LISTINGS_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("LISTINGS_SESSION_PUBLIC_KEYS", json.dumps(settings.session_public_keys))


@pytest.fixture
async def seeking(an_organisation: AnOrganisation) -> Organisation:
    return await an_organisation("Labor Ostsee GmbH", trusted=True)


@pytest.fixture
def a_request(connection: Connection, seeking: Organisation) -> ARequest:
    async def build(**changes: Any) -> Listing:
        wished = {"kind": "request", "may_overflow": True} | changes
        return await a_listing(connection, seeking, "Dosierpumpen gesucht", **wished)

    return build


def an_overflow(request: Listing, *, at: datetime = NOW) -> RequestOverflowed:
    return RequestOverflowed(
        revision=request.revision + 1,
        occurred_at=at,
        request_id=request.id,
        organisation_id=request.organisation_id,
        title=request.content.title,
        language=request.content.language,
        category=request.content.category,
        published_at=NOW,
        unmet_since=NOW,
        answer_by=DEADLINE,
    )


async def delivered(connection: Connection, event: RequestOverflowed) -> None:
    async with connection.transaction():
        await consumers.on_request_overflowed(event, connection, Cause.new())


class TestOverflow:
    async def test_asks_partner_clusters_with_what_a_visitor_sees(
        self,
        connection: Connection,
        a_request: ARequest,
        a_member: AMember,
        seeking: Organisation,
        published: Published,
    ) -> None:
        member = await a_member("Anna Asker", of=seeking)
        request = await a_request()
        before = await said(connection)

        await delivered(connection, an_overflow(request))

        assert await said(connection) == [*before, *ASKED]
        payload = (await published("public.listing.events"))[-1]
        asked = PublicListingOverflowed.model_validate_json(payload)
        assert (asked.listing_id, asked.answer_by) == (request.id, DEADLINE)
        assert asked.revision > request.revision
        assert asked.listing.url == f"http://exchange.test/listings/{request.id}"
        assert asked.listing.organisation is not None
        assert asked.listing.organisation.organisation_name == "Labor Ostsee GmbH"
        assert not any(word in payload for word in (member.name, member.email, str(member.id)))
        state = PublicListingState.model_validate_json(
            (await published("public.listing.state"))[-1]
        )
        assert (state.listing, state.revision) == (asked.listing, asked.revision)
        assert state.listing.answer_by == DEADLINE
        inside = ListingState.model_validate_json((await published("listing.state"))[-1])
        assert (inside.answer_by, inside.revision) == (DEADLINE, asked.revision)

    async def test_of_an_anonymous_request_names_nobody(
        self, connection: Connection, a_request: ARequest, published: Published
    ) -> None:
        request = await a_request(visibility=Visibility.ANONYMOUS)

        await delivered(connection, an_overflow(request))

        payload = (await published("public.listing.events"))[-1]
        asked = PublicListingOverflowed.model_validate_json(payload).listing
        assert (asked.organisation, asked.region, asked.size_class) == (None, None, None)
        assert "Ostsee" not in payload
        assert str(request.organisation_id) not in payload

    async def test_happens_once_whatever_is_delivered_again(
        self, connection: Connection, pool: Pool, a_request: ARequest
    ) -> None:
        request = await a_request()
        event = an_overflow(request)
        record = record_of(event)

        await Hearing(service, pool).receives(record, record)
        once = await said(connection)
        later = event.model_copy(update={"answer_by": DEADLINE + timedelta(days=30)})
        await delivered(connection, later)

        assert once[-3:] == ASKED
        assert await said(connection) == once
        assert (await as_stored(connection, request.id)).answer_by == DEADLINE

    @pytest.mark.parametrize(
        "changes", [{"visibility": Visibility.CLUSTER}, {"may_overflow": False}]
    )
    async def test_is_nothing_for_what_may_not_leave(
        self, connection: Connection, a_request: ARequest, changes: dict[str, Any]
    ) -> None:
        request = await a_request(**changes)
        before = await said(connection)

        await delivered(connection, an_overflow(request))

        assert await said(connection) == before

    @pytest.mark.parametrize("ended", [True, False])
    async def test_is_nothing_for_what_ended_or_rests(
        self, connection: Connection, a_request: ARequest, *, ended: bool
    ) -> None:
        request = await a_request()
        async with connection.transaction():
            if ended:
                await commands.withdraw_listing(connection, request.id, None, on())
            else:
                await commands.pause_listing(connection, request.id, on())
        before = await said(connection)

        await delivered(connection, an_overflow(request))

        assert await said(connection) == before

    async def test_is_nothing_for_what_is_unknown_or_erased(
        self, connection: Connection, a_request: ARequest, seeking: Organisation
    ) -> None:
        request = await a_request()
        async with connection.transaction():
            await erasure.erase_organisation(
                connection, seeking.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )
        before = await said(connection)

        await delivered(connection, an_overflow(request))
        await connection.execute("delete from listing where id = $1", request.id)
        await delivered(connection, an_overflow(request))

        assert await said(connection) == before

    async def test_that_fails_leaves_neither_row_nor_event(
        self, connection: Connection, a_request: ARequest
    ) -> None:
        request = await a_request()
        before = await said(connection)
        await connection.execute(
            "alter table outbox add constraint no_room"
            " check (headers->>'ce_type' <> 'public.listing.overflowed.v1')"
        )

        with pytest.raises(Exception, match="no_room"):
            await delivered(connection, an_overflow(request))

        assert await said(connection) == before
        assert await as_stored(connection, request.id) == request

    async def test_is_told_again_as_the_request_stands(
        self, connection: Connection, a_request: ARequest
    ) -> None:
        request = await a_request()
        await delivered(connection, an_overflow(request))

        async with connection.transaction():
            shown = [
                state.listing.answer_by
                async for state in states.public_listing_states(
                    connection, public_url="http://exchange.test"
                )
            ]

        assert shown == [DEADLINE]

    async def test_whose_owner_changes_his_mind_is_asked_for_no_more(
        self, connection: Connection, a_request: ARequest, published: Published
    ) -> None:
        request = await a_request()
        await delivered(connection, an_overflow(request))
        kept_here = request.content.model_copy(update={"may_overflow": False})

        async with connection.transaction():
            await commands.revise_listing(connection, request.id, kept_here, on())

        updated = PublicListingUpdated.model_validate_json(
            (await published("public.listing.events"))[-1]
        )
        assert updated.listing.answer_by is None

    @pytest.mark.parametrize(
        ("needed_by", "answer_by"),
        [
            (date(2027, 2, 5), datetime(2027, 2, 5, 22, 59, tzinfo=UTC)),
            (date(2027, 1, 30), None),
        ],
    )
    async def test_asks_until_the_day_that_its_owner_named_meanwhile(
        self,
        *,
        connection: Connection,
        a_request: ARequest,
        published: Published,
        needed_by: date,
        answer_by: datetime | None,
    ) -> None:
        request = await a_request()
        sooner = request.content.model_copy(update={"needed_by": needed_by})
        async with connection.transaction():
            await commands.revise_listing(connection, request.id, sooner, on())

        await delivered(connection, an_overflow(request))

        asked = [
            PublicListingOverflowed.model_validate_json(payload)
            for payload in await published("public.listing.events")
            if '"answer_by":"' in payload
        ]
        told = [(each.answer_by, each.listing.answer_by) for each in asked]
        assert told == ([(answer_by, answer_by)] if answer_by else [])

    async def test_lasts_no_longer_than_its_owner_has_use_of_it(
        self, connection: Connection, a_request: ARequest, browser: Browser, published: Published
    ) -> None:
        request = await a_request()
        await delivered(connection, an_overflow(request))
        sooner = request.content.model_copy(update={"needed_by": date(2027, 2, 5)})

        async with connection.transaction():
            await commands.revise_listing(connection, request.id, sooner, on())

        updated = PublicListingUpdated.model_validate_json(
            (await published("public.listing.events"))[-1]
        )
        inside = ListingState.model_validate_json((await published("listing.state"))[-1])
        page = await browser.open(f"/listings/{request.id}")
        assert updated.listing.answer_by == datetime(2027, 2, 5, 22, 59, tzinfo=UTC)
        assert inside.answer_by == updated.listing.answer_by
        assert "Gesucht bis 5. Februar 2027" in page.text


class TestPages:
    async def test_a_visitor_reads_until_when_and_can_answer(
        self, connection: Connection, a_request: ARequest, browser: Browser
    ) -> None:
        request = await a_request()
        before = await browser.open(f"/listings/{request.id}")
        await delivered(connection, an_overflow(request))

        page = await browser.open(f"/listings/{request.id}")
        to_sign_in = await browser.open(f"/listings/{request.id}/contact")
        sign_in = await browser.open(to_sign_in.headers["location"])

        assert "Gesucht bis" not in before.text
        assert "Gesucht bis 14. Februar 2027" in page.text
        assert "noch niemand" not in page.text  # Somebody may have been found since.
        assert f'href="/listings/{request.id}/contact"' in page.text
        onwards = urlencode({"next": f"/listings/{request.id}/contact"})
        assert f'href="/register?{onwards}"' in page.text
        assert f'value="/listings/{request.id}/contact"' in sign_in.text
        assert f'href="/register?{onwards}"' in sign_in.text

    async def test_somebody_from_another_cluster_writes_through_the_page(
        self,
        *,
        connection: Connection,
        a_request: ARequest,
        an_organisation: AnOrganisation,
        a_member: AMember,
        browser: Browser,
        published: Published,
    ) -> None:
        request = await a_request(visibility=Visibility.ANONYMOUS)
        await delivered(connection, an_overflow(request))
        far = await an_organisation("Isar AG", postcode="80331", size_class=SizeClass.LARGE)
        helper = await a_member("Franz Fern", of=far)

        sent = await browser.sign_in(helper).send(
            f"/listings/{request.id}/contact", message="Wir liefern solche Pumpen aus München."
        )

        assert sent.status_code == 303
        (contact,) = await published("contact.requested")
        assert str(request.id) in contact
        assert "Isar AG" in contact

    async def test_nobody_registers_for_a_request_that_is_over(
        self, connection: Connection, a_request: ARequest, browser: Browser
    ) -> None:
        request = await a_request()
        await delivered(connection, an_overflow(request))
        async with connection.transaction():
            await commands.withdraw_listing(connection, request.id, None, on())

        form = await browser.open(f"/listings/{request.id}/contact")

        assert form.status_code == 410
        assert "nicht mehr veröffentlicht" in form.text

    async def test_after_the_day_nothing_is_said_of_it(
        self, connection: Connection, a_request: ARequest, browser: Browser
    ) -> None:
        request = await a_request()
        await delivered(connection, an_overflow(request))
        browser.clock.advance(days=15)

        page = await browser.open(f"/listings/{request.id}")

        assert "Gesucht bis" not in page.text

    async def test_the_owner_reads_how_it_stands(
        self,
        connection: Connection,
        a_request: ARequest,
        seeking: Organisation,
        a_member: AMember,
        browser: Browser,
    ) -> None:
        request = await a_request()
        browser.sign_in(await a_member("Anna Asker", of=seeking))
        path = f"/my/listings/{request.id}"

        before = await browser.open(path)
        await delivered(connection, an_overflow(request))
        asked = await browser.open(path)
        browser.clock.advance(days=15)
        over = await browser.open(path)

        assert "werden gefragt, wenn sich hier einige Tage lang niemand findet" in before.text
        assert "sind gefragt, Antworten bis 14. Februar 2027" in asked.text
        assert "waren gefragt, bis 14. Februar 2027" in over.text


class TestWish:
    async def test_is_a_box_on_the_form_of_a_request_alone(
        self, seeking: Organisation, a_member: AMember, browser: Browser
    ) -> None:
        browser.sign_in(await a_member("Anna Asker", of=seeking))

        request = await browser.open("/listings/new?kind=request")
        offer = await browser.open("/listings/new?kind=offer")

        assert LABEL in request.text
        assert LABEL not in offer.text

    async def test_is_kept_and_shown_when_it_is_changed(
        self, connection: Connection, seeking: Organisation, a_member: AMember, browser: Browser
    ) -> None:
        browser.sign_in(await a_member("Anna Asker", of=seeking))
        typed = WRITTEN | {"kind": "request", "may_overflow": "true"}

        sent = await browser.send("/listings/new", **typed)

        listing_id = await connection.fetchval("select id from listing")
        assert sent.status_code == 303
        assert (await as_stored(connection, listing_id)).content.may_overflow
        form = await browser.open(f"/my/listings/{listing_id}/edit")
        assert 'name="may_overflow" value="true" checked' in form.text

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"kind": "offer"}, "Partnercluster lassen sich nur nach einem Gesuch fragen."),
            (
                {"kind": "request", "visibility": "cluster"},
                "Was nur angemeldete Mitglieder sehen, erfahren Partnercluster nicht.",
            ),
        ],
    )
    async def test_is_refused_where_nobody_else_may_see_it(
        self,
        *,
        connection: Connection,
        seeking: Organisation,
        a_member: AMember,
        a_token_of: ATokenOf,
        browser: Browser,
        changes: dict[str, Any],
        refusal: str,
    ) -> None:
        headers = await a_token_of(await a_member("Anna Asker", of=seeking))
        body = WRITTEN | changes | {"may_overflow": True}

        answer = await browser.http.post("/api/v1/listings", json=body, headers=headers)

        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["detail"] == refusal
        assert "may_overflow" in str(error)
        assert await connection.fetchval("select count(*) from listing") == 0

    async def test_comes_through_the_api(
        self,
        connection: Connection,
        seeking: Organisation,
        a_member: AMember,
        a_token_of: ATokenOf,
        browser: Browser,
    ) -> None:
        headers = await a_token_of(await a_member("Anna Asker", of=seeking))
        body = WRITTEN | {"kind": "request", "may_overflow": True}

        answer = await browser.http.post("/api/v1/listings", json=body, headers=headers)

        posted = await as_stored(connection, answer.json()["id"])
        assert posted.content.may_overflow
        assert answer.json()["listing"]["answer_by"] is None
