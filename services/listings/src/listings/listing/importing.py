"""Listings from a file: an operator brings them, all or none; `external_id` makes it repeatable."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from listings.csv_file import CsvRow
from listings.erased.traces import Name, member_named, organisation_named
from listings.imports import Import, Imported
from listings.listing import commands, import_references, moderation, storage
from listings.listing.import_contents import Contents
from listings.listing.import_references import References
from listings.listing.life_cycle import Act, may
from listings.listing.listing import Listing, draft_of
from listings.listing.listing_row import ListingRow
from listings.listing.moderation import Decision, Verdict
from listings.listing.occasion import Occasion
from listings.listing.publication import record_showing
from listings.listing.release import released
from listings.organisations.commands import trust_organisation
from schemas.listing import ListingContent
from schemas.place import Category
from schemas.vocabulary import ListingStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingsImport:
    """`publishes` releases what it brings: an operator vouches for it, and the ledger says so."""

    contents: Contents
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
        known = await storage.by_external_id(connection, [row.value.external_id for row in rows])
        contents = self.contents.of_rows(rows, known, references, now=now)
        added = changed = 0
        for row, content in zip(rows, contents, strict=True):
            listing = known.get(row.value.external_id)
            if listing is None:
                await self._add(connection, row.value, content, references, occasion)
                added += 1
            else:
                changed += await self._revise(connection, listing, row.value, content, occasion)
        return Imported(added=added, changed=changed, unchanged=len(rows) - added - changed)

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
        draft = replace(draft, file_row=row.said())
        await storage.save(connection, draft)
        if self.publishes:
            await _release(connection, draft, occasion)
        else:
            await commands.submit_listing(connection, draft.id, occasion)

    async def _revise(
        self,
        connection: Connection,
        listing: Listing,
        row: ListingRow,
        content: ListingContent,
        occasion: Occasion,
    ) -> bool:
        """Whether the listing is another one now; ended ones stay ended."""
        if listing.status is ListingStatus.CLOSED:
            return False
        is_news = listing.file_row != row.said()
        listing = replace(listing, file_row=row.said())
        if is_news:
            await storage.save(connection, listing)
        is_changed = listing.latest != content and (is_news or self._vouches(listing, content))
        if is_changed:
            listing = await _rewrite(connection, listing, content, occasion)
        is_released = self._vouches(listing, content)
        if is_released:
            await _release(connection, listing, occasion)
        return is_changed or is_released

    def _vouches(self, listing: Listing, content: ListingContent) -> bool:
        """Not for an owner's correction that the file does not know; for that there are moderators.

        Days that passed while it waited are no correction.
        """
        own_days = {"valid_until": content.valid_until, "needed_by": content.needed_by}
        is_of_the_file = listing.latest.model_copy(update=own_days) == content
        return self.publishes and listing.awaits_moderator and is_of_the_file


def listings_import(
    categories: tuple[Category, ...], *, public_url: str, publishes: bool
) -> Import[ListingRow]:
    contents = Contents(categories=categories)
    taking = ListingsImport(contents=contents, public_url=public_url, publishes=publishes)
    return Import(
        model=ListingRow,
        unique=("external_id",),
        take_in=taking.take_in,
        names=_names,
        checks=contents.faults_of,
    )


def _names(row: ListingRow) -> tuple[Name, ...]:
    organisation = organisation_named(row.organisation_external_id)
    if not row.member_external_id:
        return (organisation,)
    return (organisation, member_named(row.member_external_id))


async def _rewrite(
    connection: Connection, listing: Listing, content: ListingContent, occasion: Occasion
) -> Listing:
    """What was rejected and is corrected in the file is submitted again."""
    changed = await commands.revise_listing(connection, listing.id, content, occasion)
    if may(changed.status, Act.SUBMIT):
        return await commands.submit_listing(connection, changed.id, occasion)
    return changed


async def _release(connection: Connection, listing: Listing, occasion: Occasion) -> None:
    decision = Decision(
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        subject="listing" if listing.pending is None else "edit",
        verdict=Verdict.RELEASED,
        decided_at=occasion.now,
    )
    await moderation.record(connection, decision)
    await trust_organisation(connection, listing.organisation_id)
    await record_showing(connection, listing, released(listing, at=occasion.now), occasion)
