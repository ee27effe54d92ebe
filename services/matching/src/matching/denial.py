"""What a listing says it is not, does not or lacks: such words are no reason for a pair.

They stay in the text that is scored, and no pair is barred by them.
"""

import re
from functools import lru_cache

from matching.listing_text import CLAUSE, ListingText, negated_from, plain, without_exclusions
from matching.stems import stem
from matching.words import words_of
from schemas.vocabulary import ListingKind

FROM_HERE = re.compile(
    r"\b(?:keine?[nrsm]?|no|not\ (?:suitable|intended|meant)\ for|nicht\ (?:geeignet\ )?für)\b",
    re.IGNORECASE | re.VERBOSE,
)
AS_A_WHOLE = re.compile(
    r"""
    \b(?:gehör(?:t|en)\ nicht\ (?:zu[mr]?|dazu|ins?)|(?:lässt|lassen)\ sich\ nicht
       |(?:bieten|führen|liefern|leisten|übernehmen|verkaufen)\ wir\ (?:\w+\ )?nicht
       |nicht\ (?:im\ Angebot|im\ Preis|enthalten|inbegriffen|eingeschlossen|dabei)
       |not\ (?:included|offered|provided|covered|available|part\ of)|(?:is|are)\ excluded)\b
    |\b(?:is|are)\ not\s*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
BY_AN_OFFER = re.compile(
    r"""
    \b\w+en\ wir\b.*\bnicht\b|\b(?:[Ww]e|I)\ (?:do\ not|don't|cannot|can't)\b|\bnot\ ours\b
    |\b[A-ZÄÖÜ]\w+\ nicht\s*$
    """,
    re.VERBOSE,
)
"""In a request what somebody cannot do may be what is sought."""


@lru_cache(maxsize=64)
def asserted(listing: ListingText) -> str:
    """The text less its denials; the title and tags hold none."""
    description, _ = _told_apart(listing)
    return ". ".join((plain(listing.title), description, *map(plain, listing.tags)))


@lru_cache(maxsize=64)
def denied(listing: ListingText) -> frozenset[str]:
    """Words as they are spelled that stand in denials and nowhere else."""
    _, denials = _told_apart(listing)
    said = {stem(word.text) for word in words_of(asserted(listing))} if denials else set()
    words = (word.text for clause in denials for word in words_of(clause))
    return frozenset(word for word in words if stem(word) not in said)


def _told_apart(listing: ListingText) -> tuple[str, list[str]]:
    """The description without its denials, and these."""
    description = plain(listing.description)
    if listing.kind is ListingKind.REQUEST:
        description, _ = without_exclusions(description)
    denials: list[str] = []

    def kept(clause: re.Match[str]) -> str:
        text = clause.group()
        start = _start(text, listing.kind)
        denials.append(text[start:])
        return text[:start]

    rest = CLAUSE.sub(kept, description)
    return rest, [denial for denial in denials if denial]


def _start(clause: str, kind: ListingKind) -> int:
    """Where a clause begins to deny; its end where it does not."""
    by_an_offer = kind is ListingKind.OFFER and BY_AN_OFFER.search(clause)
    if AS_A_WHOLE.search(clause) or by_an_offer:
        return 0
    if kind is ListingKind.REQUEST:
        return negated_from(clause, FROM_HERE)
    found = FROM_HERE.search(clause)
    return found.start() if found else len(clause)
