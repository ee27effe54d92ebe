"""What the lines of a file make of listings; where a line is silent, the owner's word stays."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from listings.categories import category_of
from listings.csv_faults import Fault, FaultyFile
from listings.csv_file import CsvRow
from listings.listing.days import day_of
from listings.listing.forms import ListingRefused, WrittenListing, content_of, unknown_category
from listings.listing.import_references import References
from listings.listing.impossible import KIND_STAYS
from listings.listing.listing import Listing
from listings.listing.listing_row import COLUMN_OF_FIELD, ListingRow, written_listing
from listings.places import find_place
from schemas.listing import ListingContent
from schemas.place import Category
from schemas.vocabulary import Visibility

ANY_DAY = datetime(2027, 1, 1, tzinfo=UTC)
"""Days count from the import, so a line is possible on every day or on none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The texts of one file, for a cluster with these categories."""

    categories: tuple[Category, ...]

    def of_rows(
        self,
        rows: Sequence[CsvRow[ListingRow]],
        known: Mapping[str, Listing],
        references: References,
        *,
        now: datetime,
    ) -> tuple[ListingContent, ...]:
        """The text of every line; raises `FaultyFile` with the faults of all."""
        faults: list[Fault] = []
        contents = []
        for row in rows:
            listing = known.get(row.value.external_id)
            owner_id = None if listing is None else listing.organisation_id
            faults += references.faults_of(row.line, row.value, owner_id)
            try:
                contents.append(self._content(row.value, listing, now=now))
            except ListingRefused as refused:
                faults += _faults(row.line, refused)
        if faults:
            raise FaultyFile(faults)
        return tuple(contents)

    def faults_of(self, row: CsvRow[ListingRow]) -> Iterator[Fault]:
        """What is wrong with a line, whatever is known of its listing."""
        try:
            self._content(row.value, None, now=ANY_DAY)
        except ListingRefused as refused:
            yield from _faults(row.line, refused)

    def _content(
        self, row: ListingRow, listing: Listing | None, *, now: datetime
    ) -> ListingContent:
        content = content_of(
            self._written(row, _visibility(row, listing), now=now),
            categories=self.categories,
            now=now,
        )
        place = find_place(row.postcode, row.city) if row.postcode else None
        placed = content.model_copy(update={"place": place})
        if listing is None:
            return placed
        if _changes_kind(row, listing):
            raise ListingRefused({"kind": KIND_STAYS})
        return placed.model_copy(update=_own_days(row, listing, now=now))

    def _written(self, row: ListingRow, visibility: str, *, now: datetime) -> WrittenListing:
        try:
            return written_listing(row, visibility=visibility, now=now)
        except ListingRefused as refused:
            if category_of(self.categories, row.category) is not None:
                raise
            unknown = unknown_category(self.categories)
            raise ListingRefused({"category": unknown, **refused.refusals}) from None


def _changes_kind(row: ListingRow, listing: Listing) -> bool:
    is_news = listing.is_live and listing.file_row != row.said()
    return is_news and listing.content.kind != row.kind


def _visibility(row: ListingRow, listing: Listing | None) -> str:
    """What the line says, if the listing is new or the line said something else before."""
    if listing is None:
        return row.visibility or Visibility.PUBLIC
    said = listing.file_row and listing.file_row.visibility
    if row.visibility is None or row.visibility == said:
        return listing.latest.visibility
    return row.visibility


def _own_days(row: ListingRow, listing: Listing, *, now: datetime) -> dict[str, date | None]:
    """The days that stay as the listing has them: those that the line counts as it did before.

    A day that has passed is counted anew, from this import.
    """
    own, said = listing.latest, listing.file_row
    days: dict[str, date | None] = {"available_from": own.available_from}
    is_ahead = own.valid_until > now
    if is_ahead and (said is None or said.valid_days == row.valid_days):
        days["valid_until"] = own.valid_until
    is_ahead = own.needed_by is None or own.needed_by >= day_of(now)
    if is_ahead and (said is None or said.needed_by_days == row.needed_by_days):
        days["needed_by"] = own.needed_by
    return days


def _faults(line: int, refused: ListingRefused) -> Iterator[Fault]:
    for name, refusal in refused.refusals.items():
        column = COLUMN_OF_FIELD.get(name, name)
        yield Fault(line=line, column=column, refusal=refusal.in_data())
