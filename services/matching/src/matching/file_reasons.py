"""What a run would propose, with its reasons, as a table that a broker reads and judges.

UTF-8 with a byte order mark and semicolons, as Excel with German settings opens it.
"""

import csv
import io
from collections.abc import Sequence

from matching.explanation import Circumstances, Reasons, reasons
from matching.known_words import known_words
from matching.listing_file import FileListing
from matching.listing_text import with_needs
from matching.rank import RunLine
from matching.word_alignment import AlignedWords
from matching.wording import Roots

COLUMNS = (
    *("request_ref", "offer_ref", "strength", "request", "further_need", "offer"),
    *("words", "same_category", "distance_km", "needed_by", "available_from"),
)
BYTE_ORDER_MARK = "\ufeff"
FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet would reckon instead of showing it."""


def reasons_table(run: Sequence[RunLine], *, roots: Roots) -> str:
    """A line for each pair, in the order of the run."""
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    for line in run:
        why = reasons(
            line.request.analysis,
            line.offer.analysis,
            _circumstances(line.request.listing, line.offer.listing),
            roots=roots,
        )
        writer.writerow([_shown(cell) for cell in (*_pair(line), *_why(why))])
    return text.getvalue()


def _circumstances(request: FileListing, offer: FileListing) -> Circumstances:
    return Circumstances(
        request_position=request.conditions.position,
        offer_position=offer.conditions.position,
        needed_by=request.conditions.needed_by,
        available_from=offer.conditions.available_from,
        places=frozenset({request.city, offer.city, *_laender(request, offer)} - {""}),
        known_words=known_words(with_needs(request.text, request.needs), offer.text),
    )


def _laender(*listings: FileListing) -> set[str]:
    return {listing.conditions.land for listing in listings}


def _pair(line: RunLine) -> tuple[object, ...]:
    request, offer = line.request, line.offer
    titles = (request.listing.text.title, request.need, offer.listing.text.title)
    return (line.request_ref, line.offer_ref, line.strength, *titles)


def _why(why: Reasons) -> tuple[object, ...]:
    words = ", ".join(map(_words, why.words))
    category = "yes" if why.same_category else "no"
    return (words, category, why.distance_km, why.needed_by, why.available_from)


def _words(met: AlignedWords) -> str:
    if met.request_word.casefold() == met.offer_word.casefold():
        return met.request_word
    return f"{met.request_word} ↔ {met.offer_word}"


def _shown(cell: object) -> str:
    shown = "" if cell is None else str(cell)
    return f"'{shown}" if shown.startswith(FORMULA) else shown
