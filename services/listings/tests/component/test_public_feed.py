"""What partner clusters read: visible listings, no person, no trace, a tombstone at the end."""

import json

import pytest
from listing_builders import a_listing, on
from listings_scene import AMember, AnOrganisation, Browser, Published

from chassis.database import Connection
from listings.listing import commands, states
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
