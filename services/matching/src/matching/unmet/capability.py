"""What an organisation can do, as text to compare requests with: its profile or an ended offer."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import TypeAdapter

from matching.analysis import Analysis
from matching.kept_listing import KeptListing
from matching.listing_text import ListingText
from matching.unmet.industry import industry_of
from schemas.organisation import OrganisationState
from schemas.vocabulary import ClosingReason, Language, ListingKind

_TEXT = TypeAdapter(ListingText)
NO_CATEGORY = "-"
"""No slug, so that a profile shares its category with nobody."""
REMEMBERED = frozenset({ClosingReason.WITHDRAWN, ClosingReason.EXPIRED, ClosingReason.FULFILLED})
"""An offer that was erased says nothing any more."""


class Source(StrEnum):
    PROFILE = "profile"
    OFFER = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A text that waits for its analysis."""

    capability_id: UUID
    revision: int
    text: ListingText


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCapability:
    """A text with its analysis; ``title`` is an offer's, empty where it is not to be named."""

    capability_id: UUID
    organisation_id: UUID
    source: Source
    title: str
    text: ListingText
    analysis: Analysis


def text_of_profile(organisation: OrganisationState) -> ListingText:
    """The profile as an offer; names often say the trade, and count like a title."""
    industry = industry_of(organisation.industry_code)
    return ListingText(
        kind=ListingKind.OFFER,
        title=organisation.organisation_name,
        description=organisation.capabilities,
        tags=() if industry is None else (industry.german,),
        category=NO_CATEGORY,
        language=Language.GERMAN,
    )


def shown_title(offer: KeptListing) -> str:
    return "" if offer.is_anonymous else offer.content.title


def as_json(text: ListingText) -> str:
    return _TEXT.dump_json(text).decode()


def from_json(text: str) -> ListingText:
    return _TEXT.validate_json(text)
