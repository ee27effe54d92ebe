"""A database with many live listings: the service's tables, and the same texts for full text."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from uuid import UUID, uuid5

from rich.progress import track
from synthetic import Crowd, SyntheticListing

from chassis import migrations
from chassis.database import Connection, single_connection
from embedded.postgres import Postgres
from matching.analysed_columns import COLUMNS, columns_of
from matching.kept_listing import KeptListing
from schemas.listing import ListingContent
from schemas.vocabulary import ListingKind

MIGRATIONS = Path(str(files("matching"))) / "migrations"
BATCH = 2000
ORGANISATION_SHARE = 3
SPACE = UUID(int=20_000)
VALID_UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=90)

LISTING_COLUMNS = (
    "listing_id", "organisation_id", "revision", "kind", "content", "visibility", "valid_until",
    "live", "subjects", "text_revision",
)  # fmt: skip
ANALYSIS_COLUMNS = (
    "version",
    *COLUMNS.split(", "),
    "listing_id",
    "part",
    "text_revision",
    "unusable",
)

FULL_TEXT = """
    create table full_text (
        listing_id uuid primary key,
        kind text not null,
        body text not null,
        search tsvector generated always as (to_tsvector('german', body)) stored
    );
    create table full_text_proposal (listing_id uuid, other_id uuid, rank real,
        primary key (listing_id, other_id));
"""
FULL_TEXT_INDEX = "create index full_text_search on full_text using gin (search)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveListing:
    """A synthetic listing as a row."""

    listing_id: UUID
    organisation_id: UUID
    listing: SyntheticListing

    @property
    def kind(self) -> ListingKind:
        return self.listing.analysis.kind

    def kept(self) -> KeptListing:
        return KeptListing(
            listing_id=self.listing_id,
            organisation_id=self.organisation_id,
            revision=1,
            live=True,
            content=ListingContent.model_validate_json(self.content()),
        )

    def content(self) -> str:
        """As `ListingContent` reads it."""
        return json.dumps(
            {
                "kind": self.kind,
                "cooperation": "product",
                "title": self.listing.text[:100],
                "description": self.listing.text[:4000],
                "category": {
                    "slug": self.listing.analysis.category,
                    "label_de": self.listing.analysis.category,
                    "label_en": self.listing.analysis.category,
                },
                "valid_until": VALID_UNTIL.isoformat(),
                "language": "de",
                "visibility": "public",
            }
        )


def drawn(crowd: Crowd, count: int, *, distinct: int, first: int = 0) -> Iterator[LiveListing]:
    """Requests and offers in turn; after `distinct` ones come variants of these."""
    sides = [list(crowd.listings(kind, min(count, distinct) // 2 + 1)) for kind in ListingKind]
    for place in range(count):
        side = sides[place % 2]
        repeated, own = divmod(place // 2, len(side))
        listing = crowd.variant(side[own]) if repeated else side[own]
        yield LiveListing(
            listing_id=uuid5(SPACE, str(first + place)),
            organisation_id=uuid5(SPACE, f"organisation {(first + place) // ORGANISATION_SHARE}"),
            listing=listing,
        )


@asynccontextmanager
async def live_database(crowd: Crowd, count: int, *, distinct: int) -> AsyncIterator[str]:
    """The URL of a database on a server of its own; both vanish afterwards."""
    with Postgres(durable=False) as server:
        url = server.create_database("bench")
        await migrations.apply(url, name="matching", directory=MIGRATIONS)
        async with single_connection(url, application="bench") as connection:
            await _fill(connection, drawn(crowd, count, distinct=distinct), count)
        yield url


async def _fill(connection: Connection, listings: Iterator[LiveListing], count: int) -> None:
    await connection.execute(FULL_TEXT)
    batch: list[LiveListing] = []
    for listing in track(listings, f"{count:,} listings", total=count):
        if not batch:
            await _know(connection, listing.listing.analysis.version)
        batch.append(listing)
        if len(batch) == BATCH:
            await _copy(connection, batch)
            batch.clear()
            batch = []
    if batch:
        await _copy(connection, batch)
    await connection.execute(FULL_TEXT_INDEX)
    await connection.execute("vacuum analyze")


async def _know(connection: Connection, version: str) -> None:
    await connection.execute(
        "insert into analysis_version (number, engine, state, members, offers, requests,"
        " created_at, activated_at) values ($1, $1, 'active', '{}', 0, 0, now(), now())"
        " on conflict do nothing",
        version,
    )


async def _copy(connection: Connection, batch: list[LiveListing]) -> None:
    await connection.copy_records_to_table(
        "listing", records=map(listing_row, batch), columns=LISTING_COLUMNS
    )
    await connection.copy_records_to_table(
        "analysis", records=map(_analysis_row, batch), columns=ANALYSIS_COLUMNS
    )
    await connection.copy_records_to_table(
        "full_text",
        records=[(each.listing_id, each.kind, each.listing.text) for each in batch],
        columns=("listing_id", "kind", "body"),
    )


def listing_row(each: LiveListing) -> tuple[object, ...]:
    organisation = each.organisation_id
    return (
        each.listing_id, organisation, 1, each.kind, each.content(), "public", VALID_UNTIL, True,
        [organisation], 1,
    )  # fmt: skip


def _analysis_row(each: LiveListing) -> tuple[object, ...]:
    return (
        each.listing.analysis.version,
        *columns_of(each.listing.analysis),
        each.listing_id,
        0,
        1,
        False,
    )
