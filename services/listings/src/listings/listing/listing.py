"""A listing: what an organisation offers or looks for; every change gives a new value."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from listings.listing.days import end_of_use, refuse_passed
from listings.listing.emptied import emptied
from listings.listing.file_row import FileRow
from listings.listing.freshness import Asked, Freshness
from listings.listing.life_cycle import LIVE, Act, NotPossibleNow, status_after
from listings.revision import revision_after
from schemas.listing import ListingContent
from schemas.vocabulary import ClosingReason, ListingStatus, Visibility

SHORTEST_DESCRIPTION = 20


class DraftIncomplete(Exception):
    """Nobody described yet what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """`pending` is an edit that waits for a moderator while `content` stays public.

    `partners_asked_until` says that partner clusters were asked, which happens once. `file_row` is
    what the line of a file said last.
    """

    id: UUID
    organisation_id: UUID
    member_id: UUID | None
    status: ListingStatus
    revision: int
    content: ListingContent
    created_at: datetime
    pending: ListingContent | None = None
    submitted_at: datetime | None = None
    published_at: datetime | None = None
    freshness: Freshness | None = None
    closed_at: datetime | None = None
    closing_reason: ClosingReason | None = None
    external_id: str | None = None
    replaces: UUID | None = None
    partners_asked_until: datetime | None = None
    file_row: FileRow | None = None

    @property
    def latest(self) -> ListingContent:
        """What its owner wrote last, seen by others or not."""
        return self.pending or self.content

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_known(self) -> bool:
        """Whether the other services hold it; not if it took a paused one's place and waits."""
        return self.is_live and self.published_at is not None

    @property
    def is_visible(self) -> bool:
        """Whether it stands in lists, to those its visibility allows."""
        return self.status is ListingStatus.PUBLISHED

    @property
    def has_ended(self) -> bool:
        """Whether others saw it, and never will again."""
        return self.status is ListingStatus.CLOSED and self.published_at is not None

    @property
    def is_public(self) -> bool:
        """Whether visitors and partner clusters see it."""
        return self.is_visible and self.content.visibility is not Visibility.CLUSTER

    @property
    def may_overflow(self) -> bool:
        """Whether partner clusters may be asked now."""
        wished = self.is_public and self.content.may_overflow
        return wished and self.partners_asked_until is None

    @property
    def answer_by(self) -> datetime | None:
        """Until when partner clusters are asked, while the owner wishes it and has use of it."""
        until = self.partners_asked_until if self.content.may_overflow else None
        return until and min(until, end_of_use(self.content))

    @property
    def is_complete(self) -> bool:
        """Whether somebody described it; drafts made from an answer begin without a text."""
        return len(self.content.description) >= SHORTEST_DESCRIPTION

    @property
    def first_days(self) -> frozenset[date]:
        """From when it is available, as its text says and as a waiting edit says."""
        texts = (self.content, self.pending)
        days = (text.available_from for text in texts if text is not None)
        return frozenset(day for day in days if day is not None)

    @property
    def awaits_moderator(self) -> bool:
        return self.status is ListingStatus.SUBMITTED or self.pending is not None

    def submitted(self, *, at: datetime) -> Self:
        if not self.is_complete:
            raise DraftIncomplete
        refuse_passed(self.content, at=at)
        return self._after(Act.SUBMIT, at, submitted_at=at)

    def published(self, *, at: datetime) -> Self:
        freshness = Freshness.confirmed(at, valid_until=self.content.valid_until)
        return self._after(Act.PUBLISH, at, published_at=at, freshness=freshness)

    def rejected(self, *, at: datetime) -> Self:
        return self._after(Act.REJECT, at)

    def paused(self, *, at: datetime) -> Self:
        return self._after(Act.PAUSE, at)

    def resumed(self, *, at: datetime) -> Self:
        return self._after(Act.RESUME, at, published_at=self.published_at or at)

    def closed(self, reason: ClosingReason, *, at: datetime) -> Self:
        return self._after(Act.CLOSE, at, closed_at=at, closing_reason=reason, pending=None)

    def erased(self, *, at: datetime) -> Self:
        """Ended and empty; nothing of what people wrote is left."""
        is_closed = self.status is ListingStatus.CLOSED
        closed = self if is_closed else self.closed(ClosingReason.ERASED, at=at)
        empty = replace(closed, content=emptied(self.content), pending=None, member_id=None)
        return replace(empty, file_row=None, revision=revision_after(closed.revision, at))

    def written(self, content: ListingContent, *, at: datetime) -> Self:
        """The same listing with another text, at once."""
        if self.status is ListingStatus.CLOSED:
            raise NotPossibleNow(self.status, Act.SUBMIT)
        freshness = self.freshness and Freshness.confirmed(at, valid_until=content.valid_until)
        return self._changed(at, content=content, pending=None, freshness=freshness)

    def proposed(self, content: ListingContent, *, at: datetime) -> Self:
        """The same listing, with a new text that waits for a moderator."""
        return self._changed(at, pending=content, submitted_at=at)

    def edit_refused(self, *, at: datetime) -> Self:
        return self._changed(at, pending=None)

    def confirmed(self, *, at: datetime) -> Self:
        """The owner says that it is still valid; what would end sooner is prolonged."""
        self._require_live()
        renewed = Freshness.confirmed(at, valid_until=datetime.max.replace(tzinfo=at.tzinfo))
        valid_until = max(self.content.valid_until, renewed.confirm_by)
        content = self.content.model_copy(update={"valid_until": valid_until})
        return self._changed(at, content=content, freshness=renewed)

    def reminded(self, asked: Asked, *, at: datetime) -> Self:
        """Its owner was asked; nothing that anybody reads of it changed, so the revision stays."""
        self._require_live()
        assert self.freshness is not None  # noqa: S101 - live listings are fresh until a time
        if asked is Asked.SAID_OUTDATED:
            return replace(self, freshness=self.freshness.doubted(at=at))
        return replace(self, freshness=self.freshness.reminded(asked, at=at))

    def overflowed(self, *, answer_by: datetime, at: datetime) -> Self:
        return self._changed(at, partners_asked_until=answer_by)

    def _require_live(self) -> None:
        if not self.is_live:
            raise NotPossibleNow(self.status, Act.RESUME)

    def _after(self, act: Act, at: datetime, **changes: Any) -> Self:
        return self._changed(at, status=status_after(self.status, act), **changes)

    def _changed(self, at: datetime, **changes: Any) -> Self:
        return replace(self, revision=revision_after(self.revision, at), **changes)


def draft_of(
    content: ListingContent,
    *,
    id: UUID,  # noqa: A002 - the word of the vocabulary
    organisation_id: UUID,
    member_id: UUID | None,
    at: datetime,
    external_id: str | None = None,
    replaces: UUID | None = None,
) -> Listing:
    return Listing(
        id=id,
        organisation_id=organisation_id,
        member_id=member_id,
        status=ListingStatus.DRAFT,
        revision=revision_after(0, at),
        content=content,
        created_at=at,
        external_id=external_id,
        replaces=replaces,
    )
