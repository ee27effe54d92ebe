"""Designations that two texts share: norms, classes, levels and types such as T30 or EN 14476."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from matching.stopwords import is_stop_word

DESIGNATION = re.compile(
    r"""
    (?<![\w+/-])(?:[A-Z]{1,6}[ -])?
    (?P<name>(?:(?P<letter>[A-Z])-?|(?P<letters>[A-Z]{2,6})[ -]?)(?P<number>\d{1,6}(?:-\d+)?))
    (?!\w|[/.,-]\d|\ \d)
    """,
    re.VERBOSE,
)
"""A letter by itself only right before its number; phone numbers and fractions go on."""

NUMBER = re.compile(r"\d+")
UNIT = re.compile(
    r"\s?(?:[%°€$]|[kcmµnd]?(?:m|g|l|L|W|V|A|J|Hz|Pa|Bq|Sv|mol)[²³23]?|bar|min|h|t|kWh|Uhr|Euro|EUR"
    r"|St(?:ück|k)?|Stunden|Tage|hours|days|pieces|pcs|ppm)(?![\w])"
)
NO_DESIGNATION = re.compile(
    r"""
    (?:EUR|USD|CHF|GBP)\d+|(?:KW|CW)\d{1,2}|Q[1-4]|\d+
    |(?:D|DE|A|AT|CH|L|LI|NL|PL|CZ|DK)\d{4,5}|[A-Z]+0\d{3,}|[A-Z]{2,}20[2-4]\d
    |(?:TEL|FAX|FON|PLZ|NR|NO)\d+
    """,
    re.VERBOSE,
)
"""Amounts of money, weeks and quarters, postcodes, phone numbers and dates, without blanks."""


def shared_designations(asked: str, offered: str) -> tuple[str, ...]:
    """In the order of the request, spelled as where it is spelled longer."""
    there = _designations(offered)
    return tuple(
        max(spelling, there[key], key=len)
        for key, spelling in _designations(asked).items()
        if key in there
    )


def pieces_of(designation: str) -> frozenset[str]:
    """In lower case what of it may stand in a text as a word of its own."""
    lower = designation.casefold()
    return frozenset((lower, lower.replace(" ", ""), *re.split("[ -]", lower)))


def is_named_in(designation: str, terms: Iterable[str]) -> bool:
    """Whether a text of such terms holds its number."""
    number = NUMBER.findall(designation)[0]
    return any(number in NUMBER.findall(term) for term in terms)


@lru_cache(maxsize=64)
def _designations(text: str) -> dict[str, str]:
    """By letters and number without blanks and hyphens: "DIN EN ISO 13485" is ISO13485."""
    return dict(_found(text))


def _found(text: str) -> Iterator[tuple[str, str]]:
    for found in DESIGNATION.finditer(text):
        letters = found["letter"] or found["letters"]
        key = f"{letters}{found['number'].replace('-', '')}"
        is_one = not (NO_DESIGNATION.fullmatch(key) or is_stop_word(letters.casefold()))
        if is_one and not UNIT.match(text, found.end()):
            yield key, found["name"]
