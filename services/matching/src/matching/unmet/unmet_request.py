"""A request for which no strong proposal came within the set time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetRequest:
    """A request that is unmet still; ``told_at`` is absent until its first ranking.

    At ``overflowed_at`` it was decided that partner clusters shall be asked; whether they are
    depends on the listing as it stands, and only its state says so. ``somebody_agreed`` is true
    once a firm here said yes to an enquiry, or both sides of a proposal are interested.
    """

    request_id: UUID
    organisation_id: UUID
    published_at: datetime
    unmet_at: datetime
    told_at: datetime | None
    overflowed_at: datetime | None
    answer_by: datetime | None
    partners_asked: bool
    somebody_agreed: bool

    @property
    def asked_until(self) -> datetime | None:
        """Until when partner clusters are asked, or were."""
        return self.answer_by if self.partners_asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingDue:
    """A request to be ranked, and the newest change of a capability that the ranking will know."""

    request_id: UUID
    up_to: datetime | None
