"""Listings from a file: an operator brings them, all or none; `external_id` makes it repeatable."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.csv_faults import Fault, FaultyFile
from listings.csv_file import CsvRow
from listings.erased.traces import Name, member_named, organisation_named
from listings.imports import Import, Imported
from listings.listing import commands, import_references, moderation, storage
from listings.listing.forms import ListingRefused, content_of
from listings.listing.import_references import References
from listings.listing.listing import Listing, draft_of
from listings.listing.listing_row import COLUMN_OF_FIELD, ListingRow, written_listing
from listings.listing.moderation import Decision, Verdict
from listings.listing.occasion import Occasion
from listings.listing.publication import record_showing
from listings.organisations.commands import trust_organisation
from listings.places import find_place
from schemas.listing import ListingContent
from schemas.place import Category
from schemas.vocabulary import ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingsImport:
    """`publishes` releases what it brings: an operator vouches for it, and the ledger says so."""

    categories: tuple[Category, ...]
    public_url: str
    publishes: bool

    async def take_in(
        self,
        connection: Connection,
        rows: Sequence[CsvRow[ListingRow]],
        *,
        now: datetime,
        cause: Cause,
    ) -> Imported:
        occasion = Occasion(now=now, cause=cause, public_url=self.public_url)
        references = await import_references.references_of(connection, [row.value for row in rows])
        contents = self._contents(rows, references, now=now)
        known = await storage.by_external_id(connection, [row.value.external_id for row in rows])
        added = changed = unchanged = 0
        for row, content in zip(rows, contents, strict=True):
            listing = known.get(row.value.external_id)
            if listing is None:
                await self._add(connection, row.value, content, references, occasion)
                added += 1
            elif _says_the_same(listing, content):
                unchanged += 1
            else:
                await commands.revise_listing(connection, listing.id, content, occasion)
                changed += 1
        return Imported(added=added, changed=changed, unchanged=unchanged)

    def _contents(
        self, rows: Sequence[CsvRow[ListingRow]], references: References, *, now: datetime
    ) -> list[ListingContent]:
        faults = [fault for row in rows for fault in references.faults_of(row.line, row.value)]
        contents = []
        for row in rows:
            try:
                contents.append(self._content(row.value, now=now))
            except ListingRefused as refused:
                faults += list(_faults(row.line, refused))
        if faults:
            raise FaultyFile(faults)
        return contents

    def _content(self, row: ListingRow, *, now: datetime) -> ListingContent:
        written = written_listing(row, now=now)
        content = content_of(written, categories=self.categories, now=now)
        place = find_place(row.postcode, row.city) if row.postcode else None
        return content.model_copy(update={"place": place})

    async def _add(
        self,
        connection: Connection,
        row: ListingRow,
        content: ListingContent,
        references: References,
        occasion: Occasion,
    ) -> None:
        draft = draft_of(
            content,
            id=uuid7(),
            organisation_id=references.organisations[row.organisation_external_id],
            member_id=references.members.get(row.member_external_id or ""),
            at=occasion.now,
            external_id=row.external_id,
        )
        await storage.save(connection, draft)
        if self.publishes:
            await _release(connection, draft, occasion)
        else:
            await commands.submit_listing(connection, draft.id, occasion)


def listings_import(
    categories: tuple[Category, ...], *, public_url: str, publishes: bool
) -> Import[ListingRow]:
    taking = ListingsImport(categories=categories, public_url=public_url, publishes=publishes)
    return Import(model=ListingRow, unique=("external_id",), take_in=taking.take_in, names=_names)


def _names(row: ListingRow) -> tuple[Name, ...]:
    organisation = organisation_named(row.organisation_external_id)
    if not row.member_external_id:
        return (organisation,)
    return (organisation, member_named(row.member_external_id))


async def _release(connection: Connection, draft: Listing, occasion: Occasion) -> None:
    decision = Decision(
        listing_id=draft.id,
        organisation_id=draft.organisation_id,
        subject="listing",
        verdict=Verdict.RELEASED,
        decided_at=occasion.now,
    )
    await moderation.record(connection, decision)
    await trust_organisation(connection, draft.organisation_id)
    await record_showing(connection, draft, draft.published(at=occasion.now), occasion)


def _says_the_same(listing: Listing, content: ListingContent) -> bool:
    """Ended ones stay ended; days counted from the import do not make a text another one."""
    if listing.status is ListingStatus.CLOSED:
        return True
    before = listing.pending or listing.content
    dates = {"valid_until": before.valid_until, "needed_by": before.needed_by}
    return content.model_copy(update=dates) == before


def _faults(line: int, refused: ListingRefused) -> Iterator[Fault]:
    for name, refusal in refused.refusals.items():
        yield Fault(line=line, column=COLUMN_OF_FIELD.get(name, name), refusal=refusal)
