"""Further needs that a request states by the way: "außerdem …", "sowie …", "… would be welcome".

Whoever posts a request seldom fills the lines for further needs; the vectors of the whole text
hardly hold what stands in half a sentence. docs/decisions/0030 has the figures.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from matching.listing_text import ListingText, plain, without_exclusions
from schemas.vocabulary import Language, ListingKind

MOST = 4
LONGEST = 200
"""As many characters as a line may have: what is longer is no half sentence."""

SENTENCE = re.compile(r"(?<=[.!?])\s+")

BEGINS = {
    Language.GERMAN: re.compile(
        r"""
        (?:^|[,;–-]\s*|\s(?:und|oder|später|gerne?)\s+|\s(?=sowie\s))
        (?:außerdem|zudem|zusätzlich|darüber\ hinaus|ferner|weiterhin|des\ weiteren|desgleichen|dazu
           |hinzu\ kommt|sowie|nebst|auch|gerne?\ mit)\s
        """,
        re.IGNORECASE | re.VERBOSE,
    ),
    Language.ENGLISH: re.compile(
        r"""
        (?:^|[,;–-]\s*|\s(?:and|or|later)\s+|\s(?=(?:plus|as\ well\ as)\s))
        (?:in\ addition|additionally|besides|plus|as\ well\ as|moreover|furthermore|also)\s
        """,
        re.IGNORECASE | re.VERBOSE,
    ),
}
"""After it, to the end of the sentence, comes what is needed as well."""

HOLDS = {
    Language.GERMAN: re.compile(
        r"\b(?:ebenfalls|ebenso|erwünscht|willkommen|wünschenswert)\b", re.IGNORECASE
    ),
    Language.ENGLISH: re.compile(r"\b(?:also|welcome|as well)\b", re.IGNORECASE),
}
"""A sentence that holds it says as a whole what is needed as well."""

AND = {Language.GERMAN: re.compile(r"\sund\s"), Language.ENGLISH: re.compile(r"\sand\s")}
CIRCUMSTANCE = {
    Language.GERMAN: re.compile(
        r"(?:nach|bei|beim|während|vor|seit|wenn|falls|am|an|im|in)\s", re.IGNORECASE
    ),
    Language.ENGLISH: re.compile(r"(?:after|before|during|when|if|at|on|in)\s", re.IGNORECASE),
}
"""What goes on so says when or where: "auch nach einem Sturz", "also at the weekend"."""
DENIED = re.compile(r"\b(?:nicht|kein\w*|nie|ohne|not|no|never|without)\b", re.IGNORECASE)

BEFORE = re.compile(
    r"""
    (?:^|(?<=\s))(?:brauchen|benötigen|suchen|bräuchten)\ (?:wir|ich)\s
    |^(?:(?:würden|möchten|hätten)\ (?:wir|ich)\ (?:gerne?\ )?|fehl(?:t|en)\ (?:uns|mir)\s
       |(?:we|I)\ (?:also\ )?(?:need|want|seek|would\ like|(?:am|are)\ looking\ for)\s)
    """,
    re.IGNORECASE | re.VERBOSE,
)
BEHIND = re.compile(
    r"""
    \s(?:(?:können|könnten|brauchen|suchen|benötigen)\ (?:wir|ich)|fehl(?:t|en)|wären?|wird
       |ist|sind|erwünscht|willkommen|would|should|is|are)\b(?:\s\S+){0,3}$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What of a sentence says that something is needed, and not what."""

NAMES = {
    Language.GERMAN: re.compile(r"\b[A-ZÄÖÜ]\w{2,}"),
    Language.ENGLISH: re.compile(r"\w{3,}\W+(?:\w+\W+)*\w{3,}|\w{10,}"),
}
"""A need names a thing: in German by a noun, in English by two words or a long one."""


def needs_of_request(listing: ListingText, lines: Sequence[str]) -> tuple[str, ...]:
    """A request's lines, then what its text states besides; an offer has none."""
    if listing.kind is not ListingKind.REQUEST:
        return ()
    known = {line.casefold() for line in lines}
    return (*lines, *(need for need in stated_needs(listing) if need.casefold() not in known))


def is_line(part: int, lines: Sequence[str]) -> bool:
    """Whether the request's part is one of its lines: clauses of its text are not about these."""
    return 0 < part <= len(lines)


@lru_cache(maxsize=256)
def stated_needs(request: ListingText) -> tuple[str, ...]:
    """In the words and the order of the description, each once, at most four."""
    description, _ = without_exclusions(plain(request.description))
    found = (
        need
        for sentence in SENTENCE.split(description)
        for need in _stated_in(sentence, request.language)
    )
    return tuple(dict.fromkeys(found))[:MOST]


def _stated_in(sentence: str, language: Language) -> Iterator[str]:
    begins = BEGINS[language].search(sentence)
    if begins is None and not HOLDS[language].search(sentence):
        return
    stated = sentence[begins.end() :] if begins else sentence
    for part in AND[language].split(stated):
        need = _bare(part.strip(" .,;:!?–-"))
        names_a_thing = len(need) <= LONGEST and NAMES[language].search(need)
        circumstance = begins and CIRCUMSTANCE[language].match(need)
        if names_a_thing and not (DENIED.search(part) or circumstance):
            yield need


def _bare(part: str) -> str:
    """Without the words that say that it is needed, where others remain."""
    without = BEFORE.sub("", part)
    bare = BEHIND.sub("", without).strip(" ,;:–-")
    return bare or without
