"""What is said of unmet requests."""

from datetime import datetime

from matching.kept_listing import KeptListing
from matching.unmet.unmet_request import UnmetRequest
from schemas.request import RequestOverflowed, RequestUnmet


def request_unmet(
    unmet: UnmetRequest,
    request: KeptListing,
    *,
    possible_proposals: int,
    candidates: int,
    at: datetime,
) -> RequestUnmet:
    return RequestUnmet(
        revision=_revision_after(request, at),
        occurred_at=unmet.unmet_at,
        request_id=unmet.request_id,
        organisation_id=unmet.organisation_id,
        title=request.content.title,
        language=request.content.language,
        category=request.content.category,
        published_at=unmet.published_at,
        possible_proposals=possible_proposals,
        candidates=candidates,
    )


def request_overflowed(
    unmet: UnmetRequest, request: KeptListing, *, answer_by: datetime, at: datetime
) -> RequestOverflowed:
    return RequestOverflowed(
        revision=_revision_after(request, at),
        occurred_at=at,
        request_id=unmet.request_id,
        organisation_id=unmet.organisation_id,
        title=request.content.title,
        language=request.content.language,
        category=request.content.category,
        published_at=unmet.published_at,
        unmet_since=unmet.unmet_at,
        answer_by=answer_by,
    )


def _revision_after(request: KeptListing, at: datetime) -> int:
    return max(request.revision + 1, int(at.timestamp() * 1000))
