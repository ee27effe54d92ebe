"""The JSON API of listings: posted once a key, refused with the field, read by everybody."""

from uuid import uuid4

import pytest
from listing_builders import WRITTEN, a_listing, as_stored, said
from listings_scene import AMember, AnOrganisation, ATokenOf, Browser, Published

from chassis.database import Connection

JSON = {"Content-Type": "application/json"}
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
WHOLE = REQUEST | {
    "language": "en",
    "quantity": "12.5",
    "minimum_quantity": "2.5",
    "needs": ["Wartung vor Ort", "Schulung, zwei Tage"],
    "needed_by": "2027-12-01",
    "available_from": "2027-02-01",
    "valid_until": "2027-06-30",
}
"""Every field but those that say who sees it."""
SEEN_BY = [
    {"visibility": "public", "may_overflow": True},
    {"visibility": "anonymous", "may_overflow": True},
    {"visibility": "cluster", "may_overflow": False},
]


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
            ({"needed_by": "0001-01-01"}, "#/needed_by"),
            ({"needed_by": "9999-12-31"}, "#/needed_by"),
            ({"available_from": "0001-01-01"}, "#/available_from"),
            ({"available_from": "9999-12-31"}, "#/available_from"),
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

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            (
                {"quantity": "2,5"},
                "Schreiben Sie nur Ziffern und höchstens einen Punkt, zum Beispiel 2.5.",
            ),
            ({"kind": "Angebot"}, "Erlaubt ist: offer, request."),
            ({"may_overflow": "vielleicht"}, "Schreiben Sie true oder false."),
            ({"tags": ["x" * 41]}, "Kürzen Sie ihn."),
        ],
    )
    async def test_the_remedy_is_one_for_json(
        self,
        browser: Browser,
        bearer: dict[str, str],
        changes: dict[str, object],
        remedy: str,
    ) -> None:
        answer = await browser.http.post("/api/v1/listings", json=REQUEST | changes, headers=bearer)

        assert [error["remedy"] for error in answer.json()["errors"]] == [remedy]

    async def test_an_unknown_category_is_answered_with_those_there_are(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        wrong = REQUEST | {"category": "Labor"}

        answer = await browser.http.post("/api/v1/listings", json=wrong, headers=bearer)

        (error,) = answer.json()["errors"]
        assert error["remedy"].startswith("Erlaubt ist: ")
        assert "laboratory" in error["remedy"].removesuffix(".").split(": ")[1].split(", ")

    @pytest.mark.parametrize("field", sorted(WRITTEN))
    async def test_a_required_field_that_is_absent_is_named(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, field: str
    ) -> None:
        rest = {name: value for name, value in REQUEST.items() if name != field}

        answer = await browser.http.post("/api/v1/listings", json=rest, headers=bearer)

        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == f"#/{field}"
        assert error["remedy"]
        assert await connection.fetchval("select count(*) from listing") == 0

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


class TestChanging:
    @pytest.fixture
    async def path(self, browser: Browser, bearer: dict[str, str]) -> str:
        posted = await browser.http.post("/api/v1/listings", json=REQUEST, headers=bearer)
        return str(posted.headers["location"])

    async def test_says_the_new_text_and_gives_the_next_etag(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, path: str
    ) -> None:
        read = await browser.http.get(path)
        new = REQUEST | {"title": "Peristaltikpumpen gesucht", "needs": ["Wartung vor Ort"]}

        answer = await browser.http.put(
            path, json=new, headers=bearer | {"If-Match": read.headers["etag"]}
        )

        body = answer.json()
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'"{body["revision"]}"'
        assert body["listing"]["title"] == "Peristaltikpumpen gesucht"
        assert body["listing"]["needs"] == ["Wartung vor Ort"]
        assert "listing.updated.v1" in await said(connection)
        assert (await browser.http.get(path)).headers["etag"] == answer.headers["etag"]

    async def test_of_what_somebody_else_changed_meanwhile_is_refused(
        self, browser: Browser, bearer: dict[str, str], path: str
    ) -> None:
        read = (await browser.http.get(path)).headers["etag"]
        first = await browser.http.put(
            path, json=REQUEST | {"title": "Erste Fassung"}, headers=bearer | {"If-Match": read}
        )

        second = await browser.http.put(
            path, json=REQUEST | {"title": "Zweite Fassung"}, headers=bearer | {"If-Match": read}
        )

        assert (first.status_code, second.status_code) == (200, 412)
        assert second.headers["content-type"] == "application/problem+json"
        assert (await browser.http.get(path)).json()["listing"]["title"] == "Erste Fassung"

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"title": "x" * 121}, "#/title"),
            ({"kind": "offer"}, "#/kind"),
            ({"category": "gibt-es-nicht"}, "#/category"),
            ({"minimum_quantity": 13}, "#/minimum_quantity"),
            ({"needs": ["x" * 201]}, "#/needs/0"),
            ({"area": "laender"}, "#/laender"),
            ({"status": "closed"}, "#/status"),
        ],
    )
    async def test_bad_input_names_the_field_and_changes_nothing(
        self,
        browser: Browser,
        bearer: dict[str, str],
        path: str,
        changes: dict[str, object],
        pointer: str,
    ) -> None:
        before = await browser.http.get(path)

        answer = await browser.http.put(path, json=REQUEST | changes, headers=bearer)

        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
        assert (await browser.http.get(path)).content == before.content

    async def test_a_first_day_that_passed_meanwhile_may_stay_and_no_other_past_day(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        written = REQUEST | {"available_from": browser.clock().date().isoformat()}
        posted = await browser.http.post("/api/v1/listings", json=written, headers=bearer)
        path = posted.headers["location"]
        browser.clock.advance(days=5)

        kept = await browser.http.put(path, json=written, headers=bearer)
        other = await browser.http.put(
            path, json=written | {"available_from": "2027-01-30"}, headers=bearer
        )

        assert kept.status_code == 200
        assert other.status_code == 422
        assert [error["pointer"] for error in other.json()["errors"]] == ["#/available_from"]

    @pytest.mark.parametrize("seen_by", SEEN_BY)
    async def test_what_was_read_may_be_sent_back_and_changes_nothing(
        self,
        browser: Browser,
        bearer: dict[str, str],
        connection: Connection,
        seen_by: dict[str, object],
    ) -> None:
        posted = await browser.http.post("/api/v1/listings", json=WHOLE | seen_by, headers=bearer)
        path, listing_id = posted.headers["location"], posted.json()["id"]
        before, spoken = await as_stored(connection, listing_id), await said(connection)
        browser.clock.advance(days=1)

        read = await browser.http.get(path, headers=bearer)
        answer = await browser.http.put(
            path,
            json=read.json()["written"],
            headers=bearer | {"If-Match": read.headers["etag"]},
        )

        assert answer.status_code == 200
        assert answer.json() == read.json()
        assert await as_stored(connection, listing_id) == before
        assert await said(connection) == spoken

    async def test_sent_back_after_a_confirmation_keeps_the_moment_that_it_ends(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, path: str
    ) -> None:
        browser.clock.advance(days=85)
        confirmed = await browser.http.post(f"{path}/confirm", headers=bearer | JSON)
        before = await as_stored(connection, confirmed.json()["id"])

        answer = await browser.http.put(path, json=confirmed.json()["written"], headers=bearer)

        assert answer.status_code == 200
        assert await as_stored(connection, before.id) == before

    async def test_an_edit_that_waits_is_what_its_owner_reads_and_may_send_back(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, path: str
    ) -> None:
        await connection.execute("update organisation set is_trusted = false")
        await browser.http.put(path, json=REQUEST | {"title": "Noch ungeprüft"}, headers=bearer)

        read = (await browser.http.get(path, headers=bearer)).json()
        before = await as_stored(connection, read["id"])
        answer = await browser.http.put(path, json=read["written"], headers=bearer)

        assert read["listing"]["title"] == REQUEST["title"]
        assert read["written"]["title"] == "Noch ungeprüft"
        assert answer.status_code == 202
        assert await as_stored(connection, read["id"]) == before

    @pytest.mark.parametrize("seen_by", SEEN_BY)
    async def test_a_corrected_title_leaves_every_field_that_is_absent(
        self,
        browser: Browser,
        bearer: dict[str, str],
        connection: Connection,
        published: Published,
        seen_by: dict[str, object],
    ) -> None:
        posted = await browser.http.post("/api/v1/listings", json=WHOLE | seen_by, headers=bearer)
        before = await as_stored(connection, posted.json()["id"])
        corrected = WRITTEN | {"kind": "request", "title": "Dosierpumpen, korrigiert"}

        answer = await browser.http.put(
            posted.headers["location"],
            json=corrected,
            headers=bearer | {"If-Match": posted.headers["etag"]},
        )

        after = await as_stored(connection, before.id)
        assert answer.status_code == 200
        assert answer.json()["written"]["visibility"] == seen_by["visibility"]
        assert after.content == before.content.model_copy(update={"title": corrected["title"]})
        names = any("Hygienewerk" in each for each in await published("public.listing.state"))
        assert names == (seen_by["visibility"] == "public")

    async def test_null_and_an_empty_list_take_away(
        self, browser: Browser, bearer: dict[str, str], connection: Connection
    ) -> None:
        posted = await browser.http.post("/api/v1/listings", json=WHOLE, headers=bearer)
        nothing: dict[str, object] = {
            "tags": [],
            "needs": [],
            "quantity": None,
            "minimum_quantity": None,
            "unit": "",
            "area": None,
            "needed_by": None,
            "available_from": None,
        }

        await browser.http.put(posted.headers["location"], json=REQUEST | nothing, headers=bearer)

        content = (await as_stored(connection, posted.json()["id"])).content
        assert (content.tags, content.needs) == ((), ())
        assert content.amount is content.minimum_amount is None
        assert content.needed_by is content.available_from is None
        assert content.service_area.radius_km is None

    async def test_is_for_owners_with_a_token_and_ends_with_the_listing(
        self,
        browser: Browser,
        bearer: dict[str, str],
        a_member: AMember,
        a_token_of: ATokenOf,
        path: str,
    ) -> None:
        stranger = await a_token_of(await a_member("Stefan Stranger"))

        unsigned = await browser.http.put(path, json=REQUEST)
        by_stranger = await browser.http.put(path, json=REQUEST, headers=stranger)
        unknown = await browser.http.put(
            f"/api/v1/listings/{uuid4()}", json=REQUEST, headers=bearer
        )
        await browser.http.post(f"{path}/withdraw", json={}, headers=bearer)
        too_late = await browser.http.put(path, json=REQUEST, headers=bearer)
        confirmed = await browser.http.post(f"{path}/confirm", headers=bearer | JSON)

        statuses = [each.status_code for each in (unsigned, by_stranger, unknown, too_late)]
        assert statuses == [401, 404, 404, 409]
        assert confirmed.status_code == 409

    async def test_of_an_unchecked_organisation_waits_for_a_moderator(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, path: str
    ) -> None:
        await connection.execute("update organisation set is_trusted = false")

        answer = await browser.http.put(
            path, json=REQUEST | {"title": "Noch ungeprüft"}, headers=bearer
        )

        assert answer.status_code == 202
        assert answer.json()["listing"]["title"] == REQUEST["title"]

    async def test_confirming_prolongs_it(
        self, browser: Browser, bearer: dict[str, str], connection: Connection, path: str
    ) -> None:
        browser.clock.advance(days=20)

        answer = await browser.http.post(f"{path}/confirm", headers=bearer | JSON)

        assert answer.json()["status"] == "published"
        confirmed_at = await connection.fetchval("select confirmed_at from listing")
        assert confirmed_at == browser.clock()

    async def test_is_in_the_description_of_the_api(self, browser: Browser) -> None:
        paths = (await browser.http.get("/api/openapi.json")).json()["paths"]

        change = paths["/api/v1/listings/{listing_id}"]["put"]
        post = paths["/api/v1/listings"]["post"]
        assert {"200", "202", "412", "422"} <= change["responses"].keys()
        assert "if-match" in {each["name"].lower() for each in change["parameters"]}
        assert "application/problem+json" in change["responses"]["422"]["content"]
        assert change["security"] == post["security"] == [{"HTTPBearer": []}]
        assert [each["name"] for each in post["parameters"]] == ["Idempotency-Key"]
        assert {
            "/api/v1/listings/{listing_id}/confirm",
            "/api/v1/listings/{listing_id}/withdraw",
        } <= (paths.keys())

    async def test_every_refusal_is_described_as_it_is_answered(self, browser: Browser) -> None:
        described = (await browser.http.get("/api/openapi.json")).json()
        routes = {
            (path, method): route["responses"]
            for path, methods in described["paths"].items()
            for method, route in methods.items()
        }

        refused = [
            answers[status] for answers in routes.values() for status in answers if status[0] == "4"
        ]
        assert all(list(each["content"]) == ["application/problem+json"] for each in refused)
        assert all("422" in answers for answers in routes.values())
        assert {"409", "410"} <= routes["/api/v1/listings", "post"].keys()
        assert "HTTPValidationError" not in described["components"]["schemas"]


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

    async def test_only_the_owner_is_told_what_readers_do_not_see(
        self,
        browser: Browser,
        bearer: dict[str, str],
        a_member: AMember,
        a_token_of: ATokenOf,
    ) -> None:
        posted = await browser.http.post(
            "/api/v1/listings", json=REQUEST | {"visibility": "anonymous"}, headers=bearer
        )
        path = posted.headers["location"]
        stranger = await a_token_of(await a_member("Stefan Stranger"))

        to_owner = await browser.http.get(path, headers=bearer)
        to_others = [
            await browser.http.get(path),
            await browser.http.get(path, headers=stranger),
            await browser.http.get("/api/v1/listings"),
            await browser.http.get("/api/v1/listings", headers=stranger),
        ]

        assert to_owner.json() == posted.json()
        assert to_owner.json()["written"]["postcode"] == "18055"
        for answer in to_others:
            assert answer.status_code == 200
            assert not any(
                word in answer.text
                for word in ("written", "visibility", "may_overflow", "18055", "Hygienewerk")
            )

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
        again = await browser.http.post(
            f"{path}/withdraw", json={"answer": "found-here"}, headers=bearer
        )

        assert statuses == [404, 422, 200]
        assert (again.status_code, again.json()) == (200, by_owner.json())
        assert (await said(connection)).count("listing.closed.v1") == 1
        assert by_owner.json()["status"] == "closed"
        assert (await said(connection))[-1] == "public.listing.state.v1 gone"
        assert (await browser.http.get(path)).status_code == 404
