"""The JSON API of listings: posted once a key, refused with the field, read by everybody."""

from uuid import uuid4

import pytest
from listing_builders import WRITTEN, a_listing, said
from listings_scene import AMember, AnOrganisation, ATokenOf, Browser

from chassis.database import Connection

REQUEST = WRITTEN | {
    "kind": "request",
    "title": "Dosierpumpen gesucht",
    "quantity": 12,
    "unit": "Stück",
    "tags": ["Schlauchpumpe"],
    "postcode": "18055",
    "area": "radius",
    "radius_km": 100,
}


@pytest.fixture
async def bearer(
    an_organisation: AnOrganisation, a_member: AMember, a_token_of: ATokenOf
) -> dict[str, str]:
    return await a_token_of(await a_member(of=await an_organisation(trusted=True)))


class TestPosting:
    async def test_publishes_and_says_where(
        self, browser: Browser, bearer: dict[str, str], connection: Connection
    ) -> None:
        answer = await browser.http.post("/api/v1/listings", json=REQUEST, headers=bearer)

        body = answer.json()
        assert answer.status_code == 201
        assert answer.headers["location"] == f"/api/v1/listings/{body['id']}"
        assert body["status"] == "published"
        assert body["listing"]["service_area"]["radius_km"] == 100
        assert (await said(connection))[0] == "listing.created.v1"

    async def test_the_same_key_gives_the_same_answer_and_one_listing(
        self, browser: Browser, bearer: dict[str, str], connection: Connection
    ) -> None:
        headers = bearer | {"Idempotency-Key": str(uuid4())}

        answers = [
            await browser.http.post("/api/v1/listings", json=REQUEST, headers=headers)
            for _ in range(3)
        ]
        other = await browser.http.post(
            "/api/v1/listings", json=REQUEST | {"title": "Etwas anderes"}, headers=headers
        )

        assert len({answer.content for answer in answers}) == 1
        assert other.status_code == 422
        assert await connection.fetchval("select count(*) from listing") == 1
        assert (await said(connection)).count("listing.created.v1") == 1

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"title": "x" * 121}, "#/title"),
            ({"title": None}, "#/title"),
            ({"title": 7}, "#/title"),
            ({"title": "<script>alert(1)</script> Pumpe"}, "#/title"),
            ({"description": "Steuerzeichen \u0007 im Text, lang genug"}, "#/description"),
            ({"category": "gibt-es-nicht"}, "#/category"),
            ({"postcode": "99999"}, "#/postcode"),
            ({"quantity": -1}, "#/quantity"),
            ({"quantity": "viele"}, "#/quantity"),
            ({"tags": ["gut", "x" * 41]}, "#/tags/1"),
            ({"radius_km": 1.5}, "#/radius_km"),
            ({"needed_by": "31.03.2027"}, "#/needed_by"),
            ({"valid_until": "2020-01-01"}, "#/valid_until"),
            ({"laender": ["Atlantis"]}, "#/laender"),
            ({"organisation_id": str(uuid4())}, "#/organisation_id"),
            ({"organisation_id": "keine Kennung"}, "#/organisation_id"),
            ({"colour": "blue"}, "#/colour"),
        ],
    )
    async def test_bad_input_names_the_field_and_the_remedy(
        self,
        browser: Browser,
        bearer: dict[str, str],
        connection: Connection,
        changes: dict[str, object],
        pointer: str,
    ) -> None:
        answer = await browser.http.post("/api/v1/listings", json=REQUEST | changes, headers=bearer)

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert error["remedy"]
        assert await connection.fetchval("select count(*) from listing") == 0
        assert await said(connection) == []

    async def test_broken_huge_and_unsigned_requests_are_refused(
        self, browser: Browser, bearer: dict[str, str], connection: Connection
    ) -> None:
        post = browser.http.post
        json_type = {"content-type": "application/json"}

        broken = await post("/api/v1/listings", content=b'{"kind": ', headers=bearer | json_type)
        huge = await post("/api/v1/listings", content=b"x" * 5_000_000, headers=bearer | json_type)
        unsigned = await post("/api/v1/listings", json=REQUEST)
        forged = await post("/api/v1/listings", json=REQUEST, headers={"Authorization": "Bearer x"})

        statuses = [answer.status_code for answer in (broken, huge, unsigned, forged)]
        assert statuses == [422, 413, 401, 401]
        assert await connection.fetchval("select count(*) from listing") == 0

    async def test_who_acts_for_several_must_say_for_whom(
        self,
        browser: Browser,
        an_organisation: AnOrganisation,
        a_member: AMember,
        a_token_of: ATokenOf,
    ) -> None:
        bearer = await a_token_of(await a_member())

        answer = await browser.http.post("/api/v1/listings", json=REQUEST, headers=bearer)

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "organisation_id"


class TestReading:
    async def test_lists_what_visitors_see(
        self, browser: Browser, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        organisation = await an_organisation("Warnow GmbH", trusted=True)
        await a_listing(connection, organisation, "Dosierpumpen")
        await a_listing(connection, organisation, "Interne Zentrifugen", visibility="cluster")

        found = (await browser.open("/api/v1/listings?kind=offer&q=pumpen")).json()
        everything = (await browser.open("/api/v1/listings")).json()
        wrong = await browser.open("/api/v1/listings?kind=gift")

        (only,) = found["listings"]
        assert only["listing"]["organisation"]["organisation_name"] == "Warnow GmbH"
        assert everything["total"] == 1
        assert wrong.status_code == 422

    async def test_a_listing_is_withdrawn_by_its_owner_only(
        self,
        browser: Browser,
        bearer: dict[str, str],
        a_member: AMember,
        a_token_of: ATokenOf,
        connection: Connection,
    ) -> None:
        posted = await browser.http.post("/api/v1/listings", json=REQUEST, headers=bearer)
        path = f"/api/v1/listings/{posted.json()['id']}"
        stranger = await a_token_of(await a_member("Stefan Stranger"))

        by_stranger = await browser.http.post(
            f"{path}/withdraw", json={"answer": "found-elsewhere"}, headers=stranger
        )
        wrong = await browser.http.post(
            f"{path}/withdraw", json={"answer": "no idea"}, headers=bearer
        )
        by_owner = await browser.http.post(
            f"{path}/withdraw", json={"answer": "found-here"}, headers=bearer
        )

        statuses = [answer.status_code for answer in (by_stranger, wrong, by_owner)]
        assert statuses == [404, 422, 200]
        assert by_owner.json()["status"] == "closed"
        assert (await said(connection))[-1] == "public.listing.state.v1 gone"
        assert (await browser.http.get(path)).status_code == 404
