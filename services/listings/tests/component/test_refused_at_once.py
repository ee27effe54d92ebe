"""What is refused of a listing is told at once, and no number or sentence is taken for another."""

import html
from decimal import Decimal

import pytest
from listing_builders import WRITTEN, a_listing, as_stored
from listings_scene import AMember, AnOrganisation, ATokenOf, Browser

from chassis.database import Connection
from listings.listing.listing import Listing
from listings.members.member import Member
from schemas.place import Amount

REQUEST = WRITTEN | {"kind": "request"}
UNCLEAR = "kann so Tausende oder Bruchteile bedeuten."
WRONG = REQUEST | {
    "title": "Eis",
    "quantity": "12",
    "minimum_quantity": "13",
    "area": "radius",
    "needed_by": "2020-01-01",
}
"""A title that is too short beside rules that others break."""
REFUSED = ["title", "radius_km", "postcode", "minimum_quantity", "needed_by"]


@pytest.fixture
async def author(an_organisation: AnOrganisation, a_member: AMember) -> Member:
    return await a_member(of=await an_organisation(trusted=True))


@pytest.fixture
async def bearer(author: Member, a_token_of: ATokenOf) -> dict[str, str]:
    return await a_token_of(author)


@pytest.fixture
async def pumps(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember, browser: Browser
) -> Listing:
    """Of whoever is signed in from now on; its quantity has three places."""
    organisation = await an_organisation(trusted=True)
    browser.sign_in(await a_member(of=organisation))
    amount = Amount(value=Decimal("1.125"), unit="kg")
    return await a_listing(connection, organisation, amount=amount)


def refused_in(page: str) -> list[str]:
    """The fields that the summary of a form names, in its order."""
    return [part.partition('"')[0] for part in page.split('href="#field-')[1:]]


class TestForm:
    async def test_tells_what_concerns_other_fields_beside_a_malformed_one(
        self, browser: Browser, author: Member
    ) -> None:
        sent = await browser.sign_in(author).send("/listings/new", **WRONG)

        assert sent.status_code == 422
        assert sorted(refused_in(sent.text)) == sorted(REFUSED)

    async def test_tells_nothing_for_the_lack_of_what_is_malformed(
        self, browser: Browser, author: Member
    ) -> None:
        unsure = WRITTEN | {"kind": "", "may_overflow": "true", "radius_km": "weit"}
        unsure |= {"area": "radius", "postcode": "99999", "quantity": "viel"}

        sent = await browser.sign_in(author).send("/listings/new", **unsure, minimum_quantity="99")

        assert sorted(refused_in(sent.text)) == ["kind", "postcode", "quantity", "radius_km"]
        assert "Der Umkreis in Kilometern fehlt." not in sent.text

    async def test_for_nobody_in_particular_tells_the_rest_too(
        self,
        browser: Browser,
        connection: Connection,
        author: Member,
        an_organisation: AnOrganisation,
    ) -> None:
        other = await an_organisation("Zweite GmbH")
        await connection.execute(
            "insert into membership (member_id, organisation_id) values ($1, $2)",
            author.id,
            other.id,
        )

        sent = await browser.sign_in(author).send("/listings/new", **WRITTEN | {"area": "laender"})

        assert sorted(refused_in(sent.text)) == ["laender", "organisation_id"]


class TestApi:
    async def test_tells_what_concerns_other_fields_beside_a_malformed_one(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        answer = await browser.http.post("/api/v1/listings", json=WRONG, headers=bearer)

        errors = answer.json()["errors"]
        assert answer.status_code == 422
        assert sorted(error["field"] for error in errors) == sorted(REFUSED)
        assert all(error["remedy"] for error in errors)

    async def test_tells_of_an_unknown_field_and_of_a_day_that_passed(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        wrong = REQUEST | {"colour": "blue", "valid_until": "2020-01-01", "category": "Labor"}

        answer = await browser.http.post("/api/v1/listings", json=wrong, headers=bearer)

        told = {error["field"]: error["remedy"] for error in answer.json()["errors"]}
        assert sorted(told) == ["category", "colour", "valid_until"]
        assert "laboratory" in told["category"]


class TestChangeByApi:
    """What is absent stays, so that it is what the rest is compared with."""

    @pytest.fixture
    async def path(self, browser: Browser, bearer: dict[str, str]) -> str:
        where = {"area": "laender", "laender": ["Bayern"]}
        stands = {**REQUEST, **where, "quantity": "12", "unit": "kg"}
        posted = await browser.http.post("/api/v1/listings", json=stands, headers=bearer)
        return str(posted.headers["location"])

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            (WRONG, REFUSED),
            ({"title": "Eis", "minimum_quantity": "13"}, ["title", "minimum_quantity"]),
            ({"title": "Eis", "laender": []}, ["title", "laender"]),
            ({"title": "Eis", "kind": "offer"}, ["title", "kind"]),
            ({"quantity": "viel", "minimum_quantity": "13"}, ["quantity"]),
            ({"area": "überall", "laender": []}, ["area"]),
            ({"colour": "blue", "category": "Labor"}, ["colour", "category"]),
            ({"kind": "offer", "minimum_quantity": "13"}, ["kind", "minimum_quantity"]),
        ],
    )
    async def test_tells_what_concerns_other_fields_beside_a_malformed_one(
        self,
        *,
        browser: Browser,
        bearer: dict[str, str],
        path: str,
        changes: dict[str, object],
        fields: list[str],
    ) -> None:
        answer = await browser.http.put(path, json=REQUEST | changes, headers=bearer)

        errors = answer.json()["errors"]
        assert answer.status_code == 422
        assert sorted(error["field"] for error in errors) == sorted(fields)
        assert all(error["remedy"] for error in errors)

    async def test_lets_a_first_day_stay_that_passed_meanwhile(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        today = {"available_from": browser.clock().date().isoformat()}
        posted = await browser.http.post("/api/v1/listings", json=REQUEST | today, headers=bearer)
        browser.clock.advance(days=5)

        answer = await browser.http.put(
            posted.headers["location"], json=REQUEST | today | {"title": "Eis"}, headers=bearer
        )

        assert [error["field"] for error in answer.json()["errors"]] == ["title"]

    async def test_tells_nobody_else_what_stands(
        self,
        *,
        browser: Browser,
        path: str,
        a_token_of: ATokenOf,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        other = await a_member("Franz Fremd", of=await an_organisation("Fremd GmbH"))
        stranger = await a_token_of(other)
        wrong = REQUEST | {"title": "Eis", "minimum_quantity": "13"}

        foreign = await browser.http.put(path, json=wrong, headers=stranger)
        unsigned = await browser.http.put(path, json=wrong)
        nowhere = await browser.http.put("/api/v1/listings/no-uuid", json=wrong, headers=stranger)

        assert (foreign.status_code, unsigned.status_code) == (404, 401)
        assert "minimum_quantity" not in foreign.text + unsigned.text
        assert nowhere.status_code == 422


class TestNumbers:
    @pytest.mark.parametrize(
        ("language", "typed", "kept"),
        [
            ("en", "1.000", None),
            ("de", "1,000", None),
            ("de", "1.000", Decimal(1000)),
            ("en", "1,000", Decimal(1000)),
        ],
    )
    async def test_what_may_be_thousands_or_a_fraction_is_refused_and_the_rest_taken(
        self,
        browser: Browser,
        author: Member,
        *,
        language: str,
        typed: str,
        kept: Decimal | None,
    ) -> None:
        browser.http.cookies.set("lang", language, domain="exchange.test")

        sent = await browser.sign_in(author).send("/listings/new", **REQUEST, quantity=typed)

        assert (sent.status_code, refused_in(sent.text)) == (
            (303, []) if kept else (422, ["quantity"])
        )
        if kept:
            listing_id = sent.headers["location"].rpartition("/")[2]
            shown = await browser.http.get(f"/api/v1/listings/{listing_id}")
            assert Decimal(shown.json()["listing"]["amount"]["value"]) == kept

    @pytest.mark.parametrize("language", ["de", "en"])
    async def test_thousandths_are_shown_so_that_they_are_taken_again(
        self, browser: Browser, connection: Connection, pumps: Listing, language: str
    ) -> None:
        browser.http.cookies.set("lang", language, domain="exchange.test")
        path = f"/my/listings/{pumps.id}/edit"
        page = (await browser.open(path)).text
        shown = page.partition('name="quantity" value="')[2].partition('"')[0]

        sent = await browser.send(path, **WRITTEN, quantity=shown, unit="kg")

        assert sent.status_code == 303
        amount = (await as_stored(connection, pumps.id)).content.amount
        assert amount is not None
        assert amount.value == Decimal("1.125")

    @pytest.mark.parametrize("field", ["quantity", "minimum_quantity", "radius_km"])
    async def test_the_api_refuses_such_a_text_and_takes_a_number(
        self, browser: Browser, bearer: dict[str, str], field: str
    ) -> None:
        needed = REQUEST | {"area": "radius", "postcode": "18055", "radius_km": 5}
        wrong = needed | {field: "1.000"}

        text = await browser.http.post("/api/v1/listings", json=wrong, headers=bearer)
        number = await browser.http.post(
            "/api/v1/listings", json=needed | {field: 1.0}, headers=bearer
        )

        (error,) = text.json()["errors"]
        assert error["field"] == field
        assert UNCLEAR in error["detail"]
        assert "zum Beispiel 2.5." in error["remedy"]
        assert number.status_code == 201

    async def test_the_api_takes_the_thousandths_that_it_answered(
        self, browser: Browser, bearer: dict[str, str]
    ) -> None:
        posted = await browser.http.post(
            "/api/v1/listings", json=REQUEST | {"quantity": 1.125}, headers=bearer
        )
        read = posted.json()

        answer = await browser.http.put(
            posted.headers["location"], json=read["written"], headers=bearer
        )

        assert answer.json() == read
        assert read["listing"]["amount"]["value"] == "1.125"


class TestText:
    @pytest.mark.parametrize("title", ["     ", "\u200b" * 6, "   Eis    "])
    async def test_a_title_is_as_long_as_what_is_left_of_it(
        self, browser: Browser, bearer: dict[str, str], title: str
    ) -> None:
        answer = await browser.http.post(
            "/api/v1/listings", json=WRITTEN | {"title": title}, headers=bearer
        )

        assert [error["field"] for error in answer.json()["errors"]] == ["title"]

    @pytest.mark.parametrize(
        "written", ["Prüfgeräte", "Pru\u0308fgera\u0308te", "Prüf\u00adgeräte"]
    )
    @pytest.mark.parametrize("sought", ["Prüfgeräte", "Pru\u0308fgera\u0308te"])
    async def test_is_found_whatever_its_umlauts_are_made_of(
        self, browser: Browser, bearer: dict[str, str], written: str, sought: str
    ) -> None:
        given = WRITTEN | {"title": f"{written} für Labore"}

        posted = await browser.http.post("/api/v1/listings", json=given, headers=bearer)
        found = await browser.http.get("/api/v1/listings", params={"q": sought})
        page = await browser.http.get("/listings", params={"q": sought})

        assert [each["id"] for each in found.json()["listings"]] == [posted.json()["id"]]
        assert "Prüfgeräte für Labore" in page.text

    SAID = "Rohstoff <minus 20 Grad haltbar, Reinheit >99 %"

    async def test_a_sentence_with_angle_brackets_is_taken_and_shown_as_it_was_written(
        self, browser: Browser, author: Member, bearer: dict[str, str]
    ) -> None:
        sent = await browser.sign_in(author).send(
            "/listings/new", **WRITTEN | {"title": self.SAID, "description": f"{self.SAID}, lose."}
        )
        own = sent.headers["location"]
        listing_id = own.rpartition("/")[2]

        answer = await browser.http.get(f"/api/v1/listings/{listing_id}", headers=bearer)

        assert answer.json()["listing"]["title"] == self.SAID
        for path in (own, f"{own}/edit", f"/listings/{listing_id}", "/listings", "/my/listings"):
            page = (await browser.open(path)).text
            assert "<minus" not in page
            assert html.escape(self.SAID) in page
