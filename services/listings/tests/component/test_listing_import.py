"""Importing listings: the shipped sample, faults by line and column, repeatable, all or nothing."""

import csv
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from listing_builders import as_stored, on, said
from listings_scene import MEMBERS, NOW, ORGANISATIONS, SAMPLE, TRACER, Run
from uuid_utils.compat import uuid7

from chassis.database import Connection
from listings.categories import categories_in
from listings.csv_faults import FaultyFile
from listings.imports import Imported, take_in
from listings.listing import commands, review
from listings.listing.importing import listings_import
from listings.listing.listing import Listing
from listings.settings import DEFAULT_CATEGORIES
from schemas.listing import ListingContent
from schemas.place import Amount, ServiceArea
from schemas.vocabulary import ListingStatus, RejectionReason, Visibility

UNCHANGED = Imported(added=0, changed=0, unchanged=2)
CHANGED = Imported(added=0, changed=1, unchanged=1)
Import = Callable[..., Awaitable[Imported]]


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


async def as_in_file(connection: Connection, external_id: str = "offer-002") -> Listing:
    """The listing that a line of the file is about, by default the changed one."""
    listing_id: UUID = await connection.fetchval(
        "select id from listing where external_id = $1", external_id
    )
    return await as_stored(connection, listing_id)


async def revised(connection: Connection, listing: Listing, **changes: object) -> Listing:
    """As its owner changes it on a page."""
    content = listing.latest.model_copy(update=changes)
    async with connection.transaction():
        return await commands.revise_listing(connection, listing.id, content, on())


async def rejected(connection: Connection, listing: Listing) -> None:
    async with connection.transaction():
        await review.reject_listing(
            connection,
            listing.id,
            RejectionReason.INCOMPLETE,
            read=listing.revision,
            rule="Bitte genauer.",
            appeal_to="beschwerde@cluster.example",
            moderator_id=uuid7(),
            occasion=on(),
        )


def without(path: Path, column: str) -> Path:
    """The same file with a column less."""
    with path.open(encoding="utf-8") as file:
        lines = [{**row} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        names = [name for name in lines[0] if name != column]
        writer = csv.DictWriter(file, fieldnames=names, extrasaction="ignore")
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

    async def test_the_faults_of_every_stage_are_told_at_once(
        self, connection: Connection, tmp_path: Path, run: Run
    ) -> None:
        await directory(connection)
        path = changed_sample(tmp_path, 6, service_area="60km")
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[3] = lines[3].replace("request-001,org-", "request-001,org-9")
        lines[4] = lines[4].replace(",offer,", ",offer,gift")
        path.write_text("\n".join((*lines[:5], "x;", *lines[5:])), encoding="utf-8")

        told = await run("import", "listings", str(path))

        assert told.exit_code == 1
        places = [line.partition(":")[0] for line in told.output.splitlines() if "line " in line]
        assert places == [
            "line 3, service_area",
            "line 4, organisation_external_id",
            "line 5, cooperation",
            "line 6",
        ]
        assert "60 km" in told.output
        assert await connection.fetchval("select count(*) from listing") == 0

    async def test_the_faults_of_one_line_are_told_at_once(
        self, connection: Connection, tmp_path: Path
    ) -> None:
        await directory(connection)
        wrong = {"service_area": "60km", "category": "Labor", "quantity": "2,5", "title": "\x1b"}

        with pytest.raises(FaultyFile) as refused:
            await imported(connection, changed_sample(tmp_path, 3, **wrong))

        places = [(fault.line, fault.column) for fault in refused.value.faults]
        assert places == [(3, column) for column in sorted(wrong)]

    async def test_a_wrong_form_and_a_wrong_category_are_told_what_is_right(
        self, connection: Connection, tmp_path: Path
    ) -> None:
        await directory(connection)
        path = changed_sample(tmp_path, 2, service_area="60km")
        other = path.read_text(encoding="utf-8").replace("personal-protective-equipment", "Labor")
        path.write_text(other, encoding="utf-8")

        with pytest.raises(FaultyFile) as refused:
            await imported(connection, path)

        category, form = (fault.refusal for fault in refused.value.faults)
        assert [fault.line for fault in refused.value.faults] == [2, 3]
        assert "60 km" in form.remedy.format(**form.values)
        assert "laboratory" in category.remedy.format(**category.values)


class TestTheSameFileAgain:
    """Two lines, of which the second is changed, by its owner or in the file."""

    @pytest.fixture
    async def bring(self, connection: Connection, tmp_path: Path) -> Import:
        await directory(connection)

        async def again(*, publishes: bool = True, days: int = 1, **changes: str) -> Imported:
            path = changed_sample(tmp_path, 2, **changes)
            later = NOW + timedelta(days=days)
            return await imported(connection, path, publishes=publishes, now=later)

        await again(days=0)
        return again

    async def test_leaves_the_corrections_of_its_owner(
        self, connection: Connection, bring: Import
    ) -> None:
        mine = {
            "title": "Was wirklich lieferbar ist",
            "available_from": NOW.date(),
            "valid_until": NOW + timedelta(days=200),
        }
        await revised(connection, await as_in_file(connection), **mine)
        before = await as_in_file(connection)

        again = await bring()

        assert again == UNCHANGED
        assert await as_in_file(connection) == before

    async def test_with_another_title_leaves_the_days_that_it_does_not_name(
        self, connection: Connection, bring: Import
    ) -> None:
        days = {"available_from": NOW.date(), "valid_until": NOW + timedelta(days=200)}
        await revised(connection, await as_in_file(connection), **days)

        retitled = await bring(title="Ein neuer Titel")
        content = (await as_in_file(connection)).content
        prolonged = await bring(title="Ein neuer Titel", valid_days="30")

        assert (retitled, prolonged) == (CHANGED, CHANGED)
        assert content.title == "Ein neuer Titel"
        assert (content.available_from, content.valid_until) == tuple(days.values())
        shortened = (await as_in_file(connection)).content
        assert shortened.available_from == NOW.date()
        assert (shortened.valid_until - NOW).days == 31

    async def test_a_line_imported_before_lines_were_kept_changes_a_listing_that_differs(
        self, connection: Connection, bring: Import
    ) -> None:
        await connection.execute("update listing set file_row = null")

        same = await bring()
        await connection.execute("update listing set file_row = null")
        other = await bring(title="Ein neuer Titel")

        assert (same, other) == (UNCHANGED, CHANGED)
        assert (await as_in_file(connection)).content.title == "Ein neuer Titel"

    @pytest.mark.parametrize("publishes", [True, False])
    async def test_without_the_column_visibility_widens_nothing(
        self, *, connection: Connection, tmp_path: Path, publishes: bool
    ) -> None:
        await directory(connection)
        first = changed_sample(tmp_path, 2, visibility="cluster")
        await imported(connection, first, publishes=publishes)

        other = without(changed_sample(tmp_path, 2, title="Ein neuer Titel"), "visibility")
        done = await imported(connection, other, publishes=publishes)

        listing = await as_in_file(connection)
        assert done == CHANGED
        assert listing.content.title == "Ein neuer Titel"
        assert listing.content.visibility is Visibility.CLUSTER

    @pytest.mark.parametrize("pauses", [True, False])
    async def test_finds_the_listing_that_took_the_place_of_its_own(
        self, *, connection: Connection, bring: Import, pauses: bool
    ) -> None:
        first = await as_in_file(connection)
        if pauses:
            async with connection.transaction():
                await commands.pause_listing(connection, first.id, on())
        narrowed = await bring(visibility="anonymous")
        second = await as_in_file(connection)

        again = await bring(visibility="anonymous")
        retitled = await bring(visibility="anonymous", title="Ein neuer Titel")
        third = await as_in_file(connection)

        assert (narrowed, again, retitled) == (CHANGED, UNCHANGED, CHANGED)
        assert second.replaces == first.id
        assert third.id == second.id
        assert third.content.title == "Ein neuer Titel"
        assert (third.status is ListingStatus.PAUSED) is pauses

    async def test_does_not_undo_a_narrowing_by_its_owner(
        self, connection: Connection, bring: Import
    ) -> None:
        narrower = await revised(
            connection, await as_in_file(connection), visibility=Visibility.ANONYMOUS
        )

        again = await bring()
        await bring(title="Ein neuer Titel")

        listing = await as_in_file(connection)
        assert again == UNCHANGED
        assert (listing.id, listing.content.title) == (narrower.id, "Ein neuer Titel")
        assert listing.content.visibility is Visibility.ANONYMOUS

    @pytest.mark.parametrize(
        ("changes", "remedy"),
        [
            ({"kind": "request"}, "Beenden Sie diesen Eintrag"),
            ({"organisation_external_id": "org-025"}, "unter einer neuen external_id"),
        ],
    )
    async def test_what_stays_as_it_is_cannot_be_corrected_in_the_file(
        self, connection: Connection, bring: Import, changes: dict[str, str], remedy: str
    ) -> None:
        before = await as_in_file(connection)

        with pytest.raises(FaultyFile) as refused:
            await bring(**changes)

        (fault,) = refused.value.faults
        assert (fault.line, fault.column) == (3, *changes)
        assert remedy in fault.refusal.remedy
        assert await as_in_file(connection) == before


class TestWhatWaits:
    @pytest.fixture
    async def bring(self, connection: Connection, tmp_path: Path) -> Import:
        await directory(connection)

        async def again(*, publishes: bool = False, days: int = 1, **changes: str) -> Imported:
            path = changed_sample(tmp_path, 2, **changes)
            later = NOW + timedelta(days=days)
            return await imported(connection, path, publishes=publishes, now=later)

        await again(days=0)
        return again

    @pytest.mark.parametrize("days", [1, 400])
    async def test_is_released_by_the_same_file_with_publish(
        self, connection: Connection, bring: Import, days: int
    ) -> None:
        done = await bring(publishes=True, days=days)

        listing = await as_in_file(connection)
        ledger = await connection.fetch("select subject, basis from moderation_decision")
        assert done == Imported(added=0, changed=2, unchanged=0)
        assert listing.status is ListingStatus.PUBLISHED
        assert listing.content.valid_until > NOW + timedelta(days=days)
        assert [(row["subject"], row["basis"]) for row in ledger] == [("listing", "import")] * 2

    async def test_is_not_released_where_its_owner_wrote_something_else_since(
        self, connection: Connection, bring: Import
    ) -> None:
        await revised(connection, await as_in_file(connection), title="Ganz anderer Text")

        done = await bring(publishes=True)

        listing = await as_in_file(connection)
        assert done == CHANGED
        assert (listing.status, listing.content.title) == (
            ListingStatus.SUBMITTED,
            "Ganz anderer Text",
        )

    async def test_an_edit_that_the_file_brought_is_released_with_publish(
        self, connection: Connection, bring: Import
    ) -> None:
        await bring(publishes=True)
        await connection.execute("update organisation set is_trusted = false")
        await bring(title="Ein neuer Titel")
        waiting = await as_in_file(connection)

        done = await bring(title="Ein neuer Titel", publishes=True)

        listing = await as_in_file(connection)
        assert waiting.pending is not None
        assert done == CHANGED
        assert (listing.pending, listing.content.title) == (None, "Ein neuer Titel")

    @pytest.mark.parametrize(
        ("publishes", "status"),
        [(False, ListingStatus.SUBMITTED), (True, ListingStatus.PUBLISHED)],
    )
    async def test_what_was_rejected_is_submitted_again_once_it_is_corrected(
        self, *, connection: Connection, bring: Import, publishes: bool, status: ListingStatus
    ) -> None:
        await rejected(connection, await as_in_file(connection))

        await bring(publishes=publishes)
        still = await as_in_file(connection)
        done = await bring(publishes=publishes, title="Ein neuer Titel")

        assert still.status is ListingStatus.REJECTED
        assert done == CHANGED
        assert (await as_in_file(connection)).status is status
