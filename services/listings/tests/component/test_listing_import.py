"""Importing listings: the shipped sample, faults by line and column, repeatable, all or nothing."""

import csv
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from listing_builders import said
from listings_scene import NOW, SAMPLE, TRACER

from chassis.database import Connection
from listings.categories import categories_in
from listings.csv_faults import FaultyFile
from listings.imports import Imported, take_in
from listings.listing.importing import listings_import
from listings.members.importing import MEMBERS
from listings.organisations.importing import ORGANISATIONS
from listings.settings import DEFAULT_CATEGORIES
from schemas.listing import ListingContent
from schemas.place import Amount, ServiceArea


async def directory(connection: Connection) -> None:
    firms = ORGANISATIONS.read(SAMPLE / "organisations.csv")
    await take_in(connection, ORGANISATIONS, firms, now=NOW, dry_run=False, tracer=TRACER)
    people = MEMBERS.read(SAMPLE / "members.csv")
    await take_in(connection, MEMBERS, people, now=NOW, dry_run=False, tracer=TRACER)


async def imported(
    connection: Connection,
    path: Path,
    *,
    publishes: bool = True,
    dry_run: bool = False,
    now: datetime = NOW,
) -> Imported:
    kind = listings_import(
        categories_in(DEFAULT_CATEGORIES), public_url="http://exchange.test", publishes=publishes
    )
    return await take_in(connection, kind, kind.read(path), now=now, dry_run=dry_run, tracer=TRACER)


def changed_sample(tmp_path: Path, rows: int, **changes: str) -> Path:
    """The first rows of the sample; the second of them changed."""
    with (SAMPLE / "listings.csv").open(encoding="utf-8") as file:
        reader = csv.DictReader(file)
        lines = [row for row, _ in zip(reader, range(rows), strict=False)]
    lines[1] |= changes
    path = tmp_path / "listings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(lines[1]))
        writer.writeheader()
        writer.writerows(lines)
    return path


class TestImport:
    async def test_the_sample_is_published_and_repeating_it_changes_nothing(
        self, connection: Connection
    ) -> None:
        await directory(connection)
        path = SAMPLE / "listings.csv"

        first = await imported(connection, path)
        said_first = await said(connection)
        again = await imported(connection, path, now=NOW.replace(hour=20))

        assert (first.added, again.added, again.changed, again.unchanged) == (149, 0, 0, 149)
        assert said_first.count("listing.created.v1") == 149
        assert said_first.count("public.listing.created.v1") == 143
        assert await said(connection) == said_first
        ledger = await connection.fetch("select basis, decided_by from moderation_decision")
        assert {(row["basis"], row["decided_by"]) for row in ledger} == {("import", None)}

    async def test_without_publishing_the_moderators_decide(
        self, connection: Connection, tmp_path: Path
    ) -> None:
        await directory(connection)

        await imported(connection, changed_sample(tmp_path, 3), publishes=False)

        statuses = await connection.fetch("select distinct status from listing")
        assert [row["status"] for row in statuses] == ["submitted"]
        assert await said(connection) == []

    async def test_a_dry_run_changes_nothing(self, connection: Connection, tmp_path: Path) -> None:
        await directory(connection)

        would = await imported(connection, changed_sample(tmp_path, 3), dry_run=True)

        assert would == Imported(added=3, changed=0, unchanged=0)
        assert await connection.fetchval("select count(*) from listing") == 0

    async def test_a_changed_text_is_an_update(
        self, connection: Connection, tmp_path: Path
    ) -> None:
        await directory(connection)
        await imported(connection, changed_sample(tmp_path, 3))

        done = await imported(connection, changed_sample(tmp_path, 3, title="Ein neuer Titel"))

        assert done == Imported(added=0, changed=1, unchanged=2)
        assert (await said(connection)).count("listing.updated.v1") == 1

    @pytest.mark.parametrize(
        ("written", "reach"),
        [
            ("nationwide", ServiceArea(nationwide=True)),
            ("60 km", ServiceArea(radius_km=60)),
            (
                "Hamburg|Mecklenburg-Vorpommern",
                ServiceArea(laender=("Hamburg", "Mecklenburg-Vorpommern")),
            ),
            ("", ServiceArea()),
        ],
    )
    async def test_needs_reach_and_the_least_quantity_are_taken_as_documented(
        self, connection: Connection, tmp_path: Path, written: str, reach: ServiceArea
    ) -> None:
        await directory(connection)
        fields = {
            "quantity": "120.5",
            "unit": "Liter",
            "minimum_quantity": "20",
            "needs": "Wartung vor Ort | Einweisung",
            "service_area": written,
            "postcode": "18055",
        }

        await imported(connection, changed_sample(tmp_path, 2, **fields))

        contents = await connection.fetch("select content from listing order by external_id")
        content = ListingContent.model_validate_json(contents[-1]["content"])
        assert content.service_area == reach
        assert content.needs == ("Wartung vor Ort", "Einweisung")
        assert content.minimum_amount == Amount(value=Decimal(20), unit="Liter")
        assert content.amount == Amount(value=Decimal("120.5"), unit="Liter")

    @pytest.mark.parametrize(("written", "wished"), [("ja", True), ("nein", False), ("", False)])
    async def test_a_request_may_overflow_if_the_file_says_so(
        self, connection: Connection, tmp_path: Path, written: str, *, wished: bool
    ) -> None:
        await directory(connection)
        fields = {"kind": "request", "visibility": "public", "may_overflow": written}

        await imported(connection, changed_sample(tmp_path, 2, **fields))

        contents = await connection.fetch("select content from listing order by external_id")
        content = ListingContent.model_validate_json(contents[-1]["content"])
        assert content.may_overflow is wished

    @pytest.mark.parametrize(
        ("changes", "column"),
        [
            ({"organisation_external_id": "org-9999"}, "organisation_external_id"),
            ({"member_external_id": "member-9999"}, "member_external_id"),
            ({"kind": "gift"}, "kind"),
            ({"category": "unknown"}, "category"),
            ({"title": "x" * 121}, "title"),
            ({"description": ""}, "description"),
            ({"postcode": "00000"}, "postcode"),
            ({"quantity": "viele"}, "quantity"),
            ({"quantity": "1", "minimum_quantity": "2"}, "minimum_quantity"),
            ({"needs": "x" * 201}, "needs"),
            ({"service_area": "Atlantis"}, "service_area"),
            ({"service_area": "5000 km", "postcode": "18055"}, "service_area"),
            ({"valid_days": "900"}, "valid_days"),
            ({"visibility": "secret"}, "visibility"),
            ({"may_overflow": "vielleicht"}, "may_overflow"),
            ({"may_overflow": "ja"}, "may_overflow"),
            ({"external_id": "offer-001"}, "external_id"),
        ],
    )
    async def test_one_fault_stops_everything_and_names_line_and_column(
        self, connection: Connection, tmp_path: Path, changes: dict[str, str], column: str
    ) -> None:
        await directory(connection)

        with pytest.raises(FaultyFile) as refused:
            await imported(connection, changed_sample(tmp_path, 3, **changes))

        assert [(fault.line, fault.column) for fault in refused.value.faults] == [(3, column)]
        assert await connection.fetchval("select count(*) from listing") == 0
        assert await said(connection) == []
