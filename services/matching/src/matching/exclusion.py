"""What a request rules out: an offer whose title is about it is not proposed."""

from collections.abc import Iterator

from matching.listing_text import ListingText, prepared
from matching.wording import Roots, tells_something
from matching.words import words_of


def excludes(request: ListingText, offer: ListingText, *, roots: Roots) -> bool:
    """Whether the offer's title names a thing that a clause rules out and the rest leaves out."""
    text = prepared(request)
    if not text.exclusions:
        return False
    asked, titled = _named(text.text, roots), _named(offer.title, roots)
    return any(
        _is_named(thing, titled) and not _is_named(thing, asked)
        for clause in text.exclusions
        for thing in _things(clause, roots)
    )


def _is_named(thing: frozenset[str], roots: frozenset[str]) -> bool:
    """All the parts of a compound name it too: "Unterhalts- und OP-Reinigung"."""
    parts = thing - {max(thing, key=len)}
    return max(thing, key=len) in roots or (len(parts) > 1 and parts <= roots)


def _named(text: str, roots: Roots) -> frozenset[str]:
    return frozenset(root for thing in _things(text, roots) for root in thing)


def _things(text: str, roots: Roots) -> Iterator[frozenset[str]]:
    return (roots(word.text) for word in words_of(text) if tells_something(word.text))
