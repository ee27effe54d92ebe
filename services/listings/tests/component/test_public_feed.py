"""What partner clusters read: visible listings, no person, no trace, a tombstone at the end."""

import json
from dataclasses import replace

import pytest
from listing_builders import a_draft, a_listing, as_stored, on, said
from listings_scene import (
    NOW,
    ORGANISATIONS,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    Published,
    Run,
    some_organisations,
)

from chassis.database import Connection
from listings.imports import take_in
from listings.listing import commands, states
from listings.organisations.organisation import Organisation
from listings.organisations.queries import organisation_of
from schemas.listing import ListingState
from schemas.public import PublicListingCreated, PublicListingState
from schemas.vocabulary import ClosingAnswer, SizeClass, Visibility

PUBLIC_TOPICS = ("public.listing.events", "public.listing.state")


class TestPublicTopics:
    async def test_a_public_listing_carries_its_organisation_and_no_person(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
    ) -> None:
        organisation = await an_organisation("Warnow GmbH", trusted=True)
        member = await a_member("Olaf Owner", of=organisation)

        listing = await a_listing(connection, organisation, "Dosierpumpen")

        (event,) = await published("public.listing.events")
        (state,) = await published("public.listing.state")
        shown = PublicListingCreated.model_validate_json(event).listing
        assert shown == PublicListingState.model_validate_json(state).listing
        assert shown.url == f"http://exchange.test/listings/{listing.id}"
        assert shown.organisation is not None
        assert shown.organisation.organisation_name == "Warnow GmbH"
        assert (shown.region, shown.postcode) == ("Rostock", "18055")
        assert not any(
            word in event + state for word in (member.name, member.email, str(member.id))
        )

    async def test_records_carry_neither_cause_nor_trace(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        await a_listing(connection, await an_organisation(trusted=True))

        rows = await connection.fetch(
            "select headers from outbox where topic = any($1::text[])", list(PUBLIC_TOPICS)
        )
        names = {name for row in rows for name in json.loads(row["headers"])}
        assert names & {"ce_correlationid", "ce_causationid", "traceparent"} == set()

    async def test_an_anonymous_listing_shows_a_region_only_in_company(
        self, connection: Connection, an_organisation: AnOrganisation, published: Published
    ) -> None:
        for number in range(4):
            await an_organisation(f"Kleinfirma {number}", postcode="18055")
        crowd = await an_organisation("Warnow GmbH", postcode="18055", trusted=True)
        lonely = await an_organisation(
            "Isar AG", postcode="80331", size_class=SizeClass.LARGE, trusted=True
        )

        for organisation in (crowd, lonely):
            await a_listing(connection, organisation, visibility=Visibility.ANONYMOUS)

        one, other = (
            PublicListingCreated.model_validate_json(payload).listing
            for payload in await published("public.listing.events")
        )
        assert (one.organisation, one.postcode) == (None, None)
        assert (one.region, one.size_class) == ("Rostock", SizeClass.SMALL)
        assert (other.organisation, other.region, other.size_class) == (None, None, None)

    async def test_a_cluster_listing_is_never_there(
        self, connection: Connection, an_organisation: AnOrganisation, published: Published
    ) -> None:
        listing = await a_listing(
            connection, await an_organisation(trusted=True), visibility=Visibility.CLUSTER
        )
        async with connection.transaction():
            await commands.withdraw_listing(
                connection, listing.id, ClosingAnswer.FOUND_ELSEWHERE, on()
            )

        assert [await published(topic) for topic in PUBLIC_TOPICS] == [[], []]

    @pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.ANONYMOUS])
    async def test_withdrawal_leaves_a_tombstone(
        self,
        connection: Connection,
        an_organisation: AnOrganisation,
        published: Published,
        visibility: Visibility,
    ) -> None:
        listing = await a_listing(
            connection, await an_organisation(trusted=True), visibility=visibility
        )

        async with connection.transaction():
            await commands.withdraw_listing(
                connection, listing.id, ClosingAnswer.FOUND_ELSEWHERE, on()
            )

        assert (await published("public.listing.state"))[-1] == ""
        gravestones = await connection.fetch(
            "select name from gravestone where id = $1", listing.id
        )
        assert {row["name"] for row in gravestones} == {"listing.state", "public.listing.state"}


class TestDirectory:
    """What the directory says anew of an organisation is said anew of its public listings."""

    @pytest.fixture
    async def organisation(self, connection: Connection) -> Organisation:
        await imported(connection, "Alt GmbH")
        await connection.execute("update organisation set is_trusted = true")
        return await organisation_of(
            connection, await connection.fetchval("select id from organisation")
        )

    async def test_states_what_visitors_see_under_a_higher_revision(
        self, connection: Connection, organisation: Organisation, published: Published
    ) -> None:
        listing = await a_listing(connection, organisation, "Dosierpumpen")
        before = await said(connection)

        await imported(connection, "Neu GmbH")

        state = PublicListingState.model_validate_json(
            (await published("public.listing.state"))[-1]
        )
        inside = ListingState.model_validate_json((await published("listing.state"))[-1])
        assert (await said(connection))[len(before) :] == [
            "listing.state.v1",
            "public.listing.state.v1",
        ]
        assert state.listing.organisation is not None
        assert state.listing.organisation.organisation_name == "Neu GmbH"
        assert state.revision > listing.revision
        assert state.revision == inside.revision
        assert state.revision == (await as_stored(connection, listing.id)).revision

    async def test_says_nothing_of_listings_that_show_nothing_of_it(
        self, connection: Connection, organisation: Organisation
    ) -> None:
        paused = await a_listing(connection, organisation, "Zentrifugen")
        await a_listing(connection, organisation, "Intern", visibility=Visibility.CLUSTER)
        await a_listing(connection, organisation, "Ohne Namen", visibility=Visibility.ANONYMOUS)
        await a_draft(connection, organisation, "Entwurf")
        async with connection.transaction():
            await commands.pause_listing(connection, paused.id, on())
        before = await said(connection)

        await imported(connection, "Neu GmbH")

        assert await said(connection) == before

    async def test_says_nothing_if_visitors_see_the_same(
        self, connection: Connection, organisation: Organisation
    ) -> None:
        await a_listing(connection, organisation, "Dosierpumpen")
        before = await said(connection)

        await imported(connection, "Alt GmbH", capabilities="Pumpen aller Art")

        assert await said(connection) == before

    @pytest.mark.parametrize("leaves", [{"postcode": "80331"}, {"size_class": SizeClass.LARGE}])
    async def test_states_an_anonymous_listing_coarser_once_its_company_is_too_small(
        self,
        *,
        connection: Connection,
        organisation: Organisation,
        an_organisation: AnOrganisation,
        published: Published,
        leaves: dict[str, object],
    ) -> None:
        for number in range(3):
            await an_organisation(f"Werk {number}", size_class=organisation.size_class)
        hiding = await an_organisation("Warnow", size_class=organisation.size_class, trusted=True)
        listing = await a_listing(connection, hiding, visibility=Visibility.ANONYMOUS)
        before = await said(connection)

        await imported(connection, organisation.name, **leaves)

        then, now = (
            PublicListingState.model_validate_json(payload)
            for payload in await published("public.listing.state")
        )
        inside = ListingState.model_validate_json((await published("listing.state"))[-1])
        assert (then.listing.region, then.listing.size_class) == ("Rostock", SizeClass.MICRO)
        assert (now.listing.region, now.listing.size_class) != ("Rostock", SizeClass.MICRO)
        assert (await said(connection))[len(before) :] == [
            "listing.state.v1",
            "public.listing.state.v1",
        ]
        assert now.revision == inside.revision > listing.revision


class TestErasure:
    async def test_states_the_anonymous_listings_of_others_coarser(
        self,
        *,
        connection: Connection,
        an_organisation: AnOrganisation,
        published: Published,
        run: Run,
    ) -> None:
        firms = [await an_organisation(f"Werk {number}", trusted=True) for number in range(5)]
        hiding, gone = firms[:2]
        listing = await a_listing(connection, hiding, visibility=Visibility.ANONYMOUS)
        await a_listing(connection, gone, visibility=Visibility.ANONYMOUS)

        erased = await run("erase", "organisation", str(gone.id), "--yes")

        told = [
            PublicListingState.model_validate_json(payload)
            for payload in await published("public.listing.state")
            if str(listing.id) in payload
        ]
        assert erased.exit_code == 0, erased.output
        assert [each.listing.region for each in told] == ["Rostock", None]
        assert told[1].revision > told[0].revision


async def imported(connection: Connection, name: str, **changes: object) -> None:
    (row,) = some_organisations(name)
    row = replace(row, value=row.value.model_copy(update=changes))
    await take_in(connection, ORGANISATIONS, [row], now=NOW, dry_run=False, tracer=TRACER)


class TestRepublish:
    async def test_says_every_live_listing_as_it_stands(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        organisation = await an_organisation(trusted=True)
        public = await a_listing(connection, organisation, "Dosierpumpen")
        paused = await a_listing(connection, organisation, "Zentrifugen")
        hidden = await a_listing(connection, organisation, "Intern", visibility="cluster")
        async with connection.transaction():
            await commands.pause_listing(connection, paused.id, on())

        async with connection.transaction():
            internal = [state.listing_id async for state in states.listing_states(connection)]
            shown = [
                state.listing_id
                async for state in states.public_listing_states(
                    connection, public_url="http://exchange.test"
                )
            ]

        assert set(internal) == {public.id, paused.id, hidden.id}
        assert shown == [public.id]

    async def test_goes_on_past_a_listing_whose_organisation_is_gone(
        self, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        gone = await an_organisation("Weg GmbH", trusted=True)
        await a_listing(connection, gone, "Zentrifugen")
        public = await a_listing(connection, await an_organisation(trusted=True), "Dosierpumpen")
        await connection.execute("delete from organisation where id = $1", gone.id)

        async with connection.transaction():
            shown = [
                state.listing_id
                async for state in states.public_listing_states(
                    connection, public_url="http://exchange.test"
                )
            ]

        assert shown == [public.id]


class TestSchemas:
    async def test_every_record_s_schema_is_served(
        self, browser: Browser, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        await a_listing(connection, await an_organisation(trusted=True))
        rows = await connection.fetch("select distinct headers->>'ce_type' as type from outbox")

        for row in rows:
            schema = await browser.open(f"/schemas/{row['type']}.json")
            assert schema.status_code == 200
            assert "revision" in schema.json()["properties"]
        assert (await browser.open("/schemas/unknown.v1.json")).status_code == 404
