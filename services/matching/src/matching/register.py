"""Which parts of which listings an index holds, and of which revision."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from matching.index_storage import StoredPart
from matching.listing_storage import Change


class LivePart(NamedTuple):
    """A listing (part 0), or one of a request's further needs, which meets offers like a request.

    A tuple, as there are as many as listings.
    """

    listing_id: UUID
    part: int

    @property
    def key(self) -> UUID:
        """In the index."""
        return self.listing_id if self.part == 0 else uuid5(self.listing_id, str(self.part))


class _Held(NamedTuple):
    revision: int
    parts: int


class Register:
    """Written with every change of the index."""

    def __init__(self) -> None:
        self._held: dict[UUID, _Held] = {}
        self._needs: dict[UUID, LivePart] = {}

    def parts(self, listing_id: UUID) -> tuple[LivePart, ...]:
        """The listing itself first; none where the index does not hold it."""
        held = self._held.get(listing_id)
        return () if held is None else parts_of(listing_id, held.parts)

    def revision(self, listing_id: UUID) -> int | None:
        held = self._held.get(listing_id)
        return None if held is None else held.revision

    def part_of(self, key: UUID) -> LivePart:
        return self._needs.get(key) or LivePart(key, 0)

    def needs_among(self, keys: Sequence[UUID]) -> list[int]:
        """Places of those that are further needs."""
        return [place for place, key in enumerate(keys) if key in self._needs]

    def load(self, stored: StoredPart) -> UUID:
        """Note a part that was read by itself, and give its key.

        Where a listing changed between two parts, the older revision is noted: the newer one
        then counts as unknown, and is read again as a whole.
        """
        held = self._held.get(stored.listing_id, _Held(stored.revision, 0))
        self._held[stored.listing_id] = _Held(
            min(held.revision, stored.revision), max(held.parts, stored.part + 1)
        )
        part = LivePart(stored.listing_id, stored.part)
        self._note_need(part)
        return part.key

    def enter(self, change: Change, revision: int) -> None:
        """Note all parts of a listing at once, when the index holds them."""
        self._held[change.listing_id] = _Held(revision, len(change.analyses))
        for part in parts_of(change.listing_id, len(change.analyses)):
            self._note_need(part)

    def leave(self, listing_id: UUID) -> tuple[LivePart, ...]:
        """Forget a listing; what is returned leaves the index too."""
        parts = self.parts(listing_id)
        self._held.pop(listing_id, None)
        for part in parts:
            self._needs.pop(part.key, None)
        return parts

    def _note_need(self, part: LivePart) -> None:
        if part.part:
            self._needs[part.key] = part


def parts_of(listing_id: UUID, count: int) -> tuple[LivePart, ...]:
    """The listing itself first."""
    return tuple(LivePart(listing_id, place) for place in range(count))
