"""A listing as text: one string to encode, its title's end, and what the writer excluded."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from schemas.vocabulary import Language, ListingKind

TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SPACES = re.compile(r"\s+")
CLAUSE = re.compile(r"[^.,;:!?]+")
EXCLUDED_FROM_HERE = re.compile(
    r"""
    \b(?:keine?[nrsm]?|außer(?!\ (?:Betrieb|Haus|Dienst|Acht|Kraft)\b)|no(?=\ \S)
       |not\ (?:suitable|intended)\ for|nicht\ geeignet\ für
       |do\ not\ (?:need|want)|don't\ (?:need|want))\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
LACKED = re.compile(
    r"""
    \b(?:haben?|besitzen|verfügen\ (?:\w+\ ){0,2}über|finden|gibt\ es|es\ gibt|fehlt\ es
       |have|own|find|there\ (?:is|are)
       |(?:unser\w*|our)\ (?:\w+\ ){1,2}(?:hat|besitzt|verfügt\ über|has|owns))
    \ (?:\w+\ ){0,3}$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Before a "kein" that tells what the writer lacks, and thus may seek."""
LACKED_AT_ITS_END = re.compile(r"\b(?:haben|besitzen|finden|gibt)\ ?$", re.IGNORECASE)
SUBJECT = re.compile(r"\b(?:wir|ich|es|uns)\b", re.IGNORECASE)
NO_USE_FOR = re.compile(
    r"\w+\ (?:Interesse|Bedarf|Verwendung|Nutzen|interest|needs?|use)\b", re.IGNORECASE
)
EXCLUDED_AS_A_WHOLE = re.compile(
    r"""
    \b(?:nicht\ (?:gewünscht|erwünscht|benötigt|gesucht|gefragt|in\ Frage|infrage)
       |(?:brauchen|benötigen|suchen)\ wir\ nicht|scheide[nt]\ aus
       |need\ not\ apply|not\ (?:an\ option|wanted|needed|required)|cannot\ be\ accepted)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingText:
    """What of a listing takes part in the matching."""

    kind: ListingKind
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str
    language: Language


def need_of(listing: ListingText, need: str) -> ListingText:
    """A further need as a request of its own; what it is about may lie in any category."""
    return replace(listing, title=need, description="", tags=(), category="")


def with_needs(listing: ListingText, needs: Sequence[str]) -> ListingText:
    """A request with all that it says, each further need as a sentence."""
    return replace(listing, description=". ".join((listing.description, *needs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedText:
    """The string that is encoded; characters before `title_end` are the title's."""

    text: str
    title_end: int
    exclusions: tuple[str, ...]


@lru_cache(maxsize=64)
def prepared(listing: ListingText) -> PreparedText:
    """Recipe step 1: title, description without a request's exclusion clauses, tags.

    Remembered for a while: a request is asked for its clauses by everybody it meets.
    """
    title = plain(listing.title)
    description = plain(listing.description)
    exclusions: tuple[str, ...] = ()
    if listing.kind is ListingKind.REQUEST:
        description, exclusions = without_exclusions(description)
    tags = ", ".join(plain(tag) for tag in listing.tags)
    body = f"{description} {tags}".strip()
    text = f"{title}. {body}" if body else title
    return PreparedText(text=text, title_end=len(title), exclusions=exclusions)


def plain(text: str) -> str:
    """Drop mark-up, control and direction characters; join white space."""
    unescaped = html.unescape(TAG.sub(" ", text))
    return SPACES.sub(" ", CONTROL.sub(" ", unescaped)).strip()


def without_exclusions(description: str) -> tuple[str, tuple[str, ...]]:
    """Cut clauses that say what is not wanted, up to the next punctuation mark.

    Clause by clause: one pattern for all would read a text without any mark again at each letter.
    """
    excluded: list[str] = []

    def wanted(clause: re.Match[str]) -> str:
        text = clause.group()
        start = 0 if EXCLUDED_AS_A_WHOLE.search(text) else negated_from(text, EXCLUDED_FROM_HERE)
        if start < len(text):
            excluded.append(text[start:].strip())
        return text[:start]

    rest = CLAUSE.sub(wanted, description)
    return SPACES.sub(" ", rest).strip(), tuple(excluded)


def negated_from(clause: str, negation: re.Pattern[str]) -> int:
    """Where a request's clause begins to rule out; its end where it does not.

    What somebody lacks ("wir haben keine Lackiererei") is not ruled out, it may be what they seek.
    """
    found = (each for each in negation.finditer(clause) if not _is_lacked(clause, each))
    return next((each.start() for each in found), len(clause))


def _is_lacked(clause: str, negation: re.Match[str]) -> bool:
    before, said = clause[: negation.start()], clause[negation.start() :]
    if not said.casefold().startswith(("kein", "no ")) or NO_USE_FOR.match(said):
        return False
    stands_last = SUBJECT.search(before) and LACKED_AT_ITS_END.search(said)
    return bool(LACKED.search(before) or stands_last)
