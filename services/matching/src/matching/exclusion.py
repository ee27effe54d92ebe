"""What a request rules out: an offer whose title and tags are about it is not proposed."""

import re
from collections.abc import Iterator
from functools import lru_cache

from matching.listing_text import ListingText, PreparedText, plain, prepared
from matching.wording import Roots, is_vague, tells_something
from matching.words import says_something, words_of

Thing = frozenset[str]
"""A word by its stem and the stems of its parts."""

BETWEEN_PHRASES = re.compile(r"(?<!-)\s(?:und|oder|and|or)\s|,")
"""Not behind a hyphen: of "Gas- und Wasserzähler" either half alone would be about more."""


def excludes(request: ListingText, offer: ListingText, *, roots: Roots) -> bool:
    """Whether title and tags of the offer name all of a phrase that the request rules out."""
    text = prepared(request)
    if not text.exclusions:
        return False
    ruled_out = _ruled_out(text, roots)
    if not ruled_out:
        return False
    offered = _named(". ".join((offer.title, *map(plain, offer.tags))), roots)
    return any(all(_is_named(thing, offered) for thing in phrase) for phrase in ruled_out)


@lru_cache(maxsize=64)
def _ruled_out(text: PreparedText, roots: Roots) -> tuple[tuple[Thing, ...], ...]:
    """Phrases of the clauses, less those that the rest asks for; remembered as the text is."""
    asked = _named(text.text, roots)
    phrases = (
        tuple(_things(phrase, roots))
        for clause in text.exclusions
        for phrase in BETWEEN_PHRASES.split(clause)
    )
    return tuple(
        phrase
        for phrase in phrases
        if phrase and not all(_is_named(thing, asked) for thing in phrase)
    )


def _is_named(thing: Thing, roots: frozenset[str]) -> bool:
    """All the parts of a compound name it too: "Unterhalts- und OP-Reinigung"."""
    parts = thing - {max(thing, key=len)}
    return max(thing, key=len) in roots or (len(parts) > 1 and parts <= roots)


def _named(text: str, roots: Roots) -> frozenset[str]:
    """By participles and the like as well: "refurbished monitors"."""
    words = (word.text for word in words_of(text))
    return frozenset(root for word in words if says_something(word) for root in roots(word))


def _things(text: str, roots: Roots) -> Iterator[Thing]:
    words = (word.text for word in words_of(text))
    return (roots(word) for word in words if tells_something(word) and not is_vague(word))
