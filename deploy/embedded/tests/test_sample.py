"""The sample cluster: what it promises to its readers, checked in the files as they are shipped."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

Row = dict[str, str]

DEPLOY = Path(__file__).parents[2]
SAMPLE = DEPLOY / "embedded" / "sample"
CATEGORIES = DEPLOY / "categories" / "default.yaml"
PLACES = DEPLOY.parent / "services" / "listings" / "src" / "listings" / "places"

COOPERATIONS = {
    "product",
    "component",
    "service",
    "capacity",
    "research-and-development",
    "knowledge-exchange",
}
KINDS = {
    "company",
    "start-up",
    "research-institution",
    "university",
    "hospital",
    "association",
    "public-body",
}


def rows_of(path: Path, *, delimiter: str = ",") -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter, strict=True))


def ids_of(rows: list[Row]) -> list[str]:
    return [row["external_id"] for row in rows]


def sentences_of(text: str) -> list[str]:
    return [part.strip().casefold() for part in re.split(r"(?<=[.!?:;])\s", text) if part.strip()]


def repeated(values: list[str]) -> list[str]:
    return sorted(value for value, times in Counter(values).items() if times > 1)


@pytest.fixture(scope="module")
def organisations() -> dict[str, Row]:
    return {row["external_id"]: row for row in rows_of(SAMPLE / "organisations.csv")}


@pytest.fixture(scope="module")
def members() -> dict[str, Row]:
    return {row["external_id"]: row for row in rows_of(SAMPLE / "members.csv")}


@pytest.fixture(scope="module")
def listings() -> list[Row]:
    return rows_of(SAMPLE / "listings.csv")


@pytest.fixture(scope="module")
def pairs() -> list[Row]:
    return rows_of(SAMPLE / "pairs.tsv", delimiter="\t")


@pytest.fixture(scope="module")
def places() -> dict[str, Row]:
    return {row["postcode"]: row for row in rows_of(PLACES / "postcodes_de.csv")}


@pytest.mark.parametrize("name", ["organisations.csv", "members.csv", "listings.csv"])
def test_external_ids_are_unique(name: str) -> None:
    assert repeated(ids_of(rows_of(SAMPLE / name))) == []


class TestOrganisations:
    def test_size_classes_have_the_shares_of_the_model(self, organisations: dict[str, Row]) -> None:
        sizes = Counter(row["size_class"] for row in organisations.values())

        assert sizes == {"micro": 135, "small": 78, "medium": 78, "large": 9}

    def test_every_kind_occurs(self, organisations: dict[str, Row]) -> None:
        assert {row["kind"] for row in organisations.values()} == KINDS

    def test_postcode_and_city_belong_together(
        self, organisations: dict[str, Row], places: dict[str, Row]
    ) -> None:
        for row in organisations.values():
            place = places[row["postcode"]]

            assert (place["place"], place["state"]) == (row["city"], "Mecklenburg-Vorpommern")

    def test_names_domains_and_texts_are_their_own(self, organisations: dict[str, Row]) -> None:
        for column in ("name", "email_domain", "capabilities"):
            assert repeated([row[column] for row in organisations.values()]) == []

    def test_capabilities_share_no_sentence(self, organisations: dict[str, Row]) -> None:
        texts = [row["capabilities"] for row in organisations.values()]

        assert repeated([sentence for text in texts for sentence in sentences_of(text)]) == []

    def test_domains_are_reserved_for_examples(self, organisations: dict[str, Row]) -> None:
        for row in organisations.values():
            assert row["email_domain"].endswith(".example")
            assert row["website"] in {"", f"https://www.{row['email_domain']}"}

    def test_industry_codes_are_shaped_like_wz_2008(self, organisations: dict[str, Row]) -> None:
        for row in organisations.values():
            assert re.fullmatch(r"\d{2}\.\d{2}(\.\d)?", row["industry_code"])


class TestMembers:
    def test_addresses_are_at_the_domain_of_the_organisation(
        self, members: dict[str, Row], organisations: dict[str, Row]
    ) -> None:
        for row in members.values():
            local, domain = row["email"].split("@")

            assert re.fullmatch(r"[a-z.-]+", local)
            assert domain == organisations[row["organisation_external_id"]]["email_domain"]

    def test_names_and_addresses_are_unique(self, members: dict[str, Row]) -> None:
        for column in ("name", "email"):
            assert repeated([row[column] for row in members.values()]) == []

    def test_the_office_of_the_cluster_has_one_operator_a_role(
        self, members: dict[str, Row], organisations: dict[str, Row]
    ) -> None:
        operators = [row for row in members.values() if row["role"] != "member"]

        assert sorted(row["role"] for row in operators) == ["admin", "broker", "moderator"]
        [office] = {row["organisation_external_id"] for row in operators}
        assert organisations[office]["kind"] == "association"


class TestListings:
    def test_the_author_is_a_member_of_the_organisation(
        self, listings: list[Row], members: dict[str, Row]
    ) -> None:
        for row in listings:
            author = members[row["member_external_id"]]

            assert author["organisation_external_id"] == row["organisation_external_id"]

    def test_categories_are_the_clusters(self, listings: list[Row]) -> None:
        known = {entry["slug"] for entry in yaml.safe_load(CATEGORIES.read_text())["categories"]}

        assert {row["category"] for row in listings} == known

    def test_closed_vocabularies_are_kept(self, listings: list[Row]) -> None:
        for row in listings:
            assert row["kind"] in {"offer", "request"}
            assert row["cooperation"] in COOPERATIONS
            assert row["language"] in {"de", "en"}
            assert row["visibility"] in {"public", "anonymous", "cluster"}

    def test_texts_keep_their_bounds(self, listings: list[Row]) -> None:
        for row in listings:
            assert 10 <= len(row["title"]) <= 120
            assert 150 <= len(row["description"]) <= 900
            assert 1 <= len(row["tags"].split("|")) <= 10

    def test_no_two_share_a_sentence_or_title(self, listings: list[Row]) -> None:
        sentences = [part for row in listings for part in sentences_of(row["description"])]

        assert repeated(sentences) == []
        assert repeated([row["title"].casefold() for row in listings]) == []

    def test_postcode_and_city_belong_together(
        self, listings: list[Row], places: dict[str, Row]
    ) -> None:
        for row in listings:
            assert places[row["postcode"]]["place"] == row["city"]

    def test_service_areas_are_a_radius_laender_or_nationwide(
        self, listings: list[Row], places: dict[str, Row]
    ) -> None:
        laender = {place["state"] for place in places.values()}
        for row in listings:
            area = row["service_area"]

            assert (
                area in {"", "nationwide"}
                or re.fullmatch(r"[1-9]\d* km", area)
                or set(area.split("|")) <= laender
            )

    def test_numbers_are_positive_and_quantities_have_a_unit(self, listings: list[Row]) -> None:
        for row in listings:
            for column in ("quantity", "minimum_quantity", "needed_by_days", "valid_days"):
                assert re.fullmatch(r"([1-9]\d*)?", row[column])
            assert row["unit"] or not (row["quantity"] or row["minimum_quantity"])
            assert row["kind"] == "request" or not (row["needs"] or row["needed_by_days"])

    def test_anonymous_ones_do_not_name_their_organisation(
        self, listings: list[Row], organisations: dict[str, Row]
    ) -> None:
        for row in listings:
            if row["visibility"] == "anonymous":
                name = organisations[row["organisation_external_id"]]["name"].split()[0]

                assert name.casefold() not in (row["title"] + row["description"]).casefold()


class TestPairs:
    def test_each_joins_a_request_with_an_offer_of_another_organisation(
        self, pairs: list[Row], listings: list[Row]
    ) -> None:
        known = {row["external_id"]: row for row in listings}
        for pair in pairs:
            request, offer = known[pair["request"]], known[pair["offer"]]

            assert (request["kind"], offer["kind"]) == ("request", "offer")
            assert request["organisation_external_id"] != offer["organisation_external_id"]
            assert pair["grade"] in {"1", "2", "3"}

    def test_none_is_judged_twice(self, pairs: list[Row]) -> None:
        assert repeated([f"{pair['request']} {pair['offer']}" for pair in pairs]) == []

    def test_a_quarter_of_the_requests_find_nothing(
        self, pairs: list[Row], listings: list[Row]
    ) -> None:
        requests = {row["external_id"] for row in listings if row["kind"] == "request"}
        unmet = requests - {pair["request"] for pair in pairs}

        assert len(unmet) == 15
        assert 0.2 <= len(unmet) / len(requests) <= 0.3
