"""What the texts of a pair say that its alignment cannot tell: designations and denials."""

from dataclasses import dataclass

from matching.denial import asserted, denied
from matching.designations import shared_designations
from matching.listing_text import ListingText


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWords:
    """``denied`` are words that stand in denials only, of the request and of the offer."""

    designations: tuple[str, ...] = ()
    denied: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


NO_WORDS_KNOWN = KnownWords()


def known_words(request: ListingText, offer: ListingText) -> KnownWords:
    """Of whole listings, the request with its further needs."""
    return KnownWords(
        designations=shared_designations(asserted(request), asserted(offer)),
        denied=(denied(request), denied(offer)),
    )
