"""The table of a run: whom it would bring together and why, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence

from matching_builders import THEMES, WordEncoder, a_request, a_version, an_offer, unsplit

from matching.engine import Engine
from matching.file_conditions import conditions_in
from matching.file_reading import read_file
from matching.file_reasons import reasons_table
from matching.lexicon import Lexicon
from matching.listing_file import FileListing
from matching.listing_text import ListingText
from matching.rank import ranked

ENGINE = Engine(
    encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"), threshold=2.0
)
ROSTOCK, WISMAR = {"postcode": "18055"}, {"postcode": "23966"}


def a_row(
    text: ListingText, cells: dict[str, str], *, needs: tuple[str, ...] = (), city: str = ""
) -> FileListing:
    conditions, _ = conditions_in(cells)
    return FileListing(ref=text.kind, text=text, needs=needs, conditions=conditions, city=city)


def silently(texts: Sequence[ListingText], _label: str) -> Iterable[ListingText]:
    return texts


def told(*listings: FileListing) -> list[dict[str, str]]:
    read = read_file(ENGINE, listings, progress=silently).listings
    run = ranked(ENGINE, read, progress=silently, proposed_only=True, join_background=False)
    table = reasons_table(run, roots=ENGINE.lexicon.roots)
    return list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff")), delimiter=";"))


def test_a_pair_is_told_with_both_titles_words_distance_and_dates() -> None:
    request = a_row(a_request("Atemschutz Masken"), ROSTOCK | {"needed_by": "2026-12-01"})
    offer = a_row(an_offer("Masken Filter"), WISMAR | {"available_from": "2026-11-01"})

    (row,) = told(request, offer)

    assert (row["request_ref"], row["offer_ref"]) == ("request", "offer")
    assert (row["request"], row["offer"]) == ("Atemschutz Masken", "Masken Filter")
    assert "Masken" in row["words"].split(", ")
    assert (row["same_category"], row["further_need"]) == ("yes", "")
    assert 40 <= int(row["distance_km"]) <= 60
    assert (row["needed_by"], row["available_from"]) == ("2026-12-01", "2026-11-01")


def test_a_town_of_one_of_them_is_no_reason() -> None:
    request = a_row(a_request("Masken Rostock"), ROSTOCK, city="Rostock")
    offer = a_row(an_offer("Masken Rostock"), WISMAR)

    (row,) = told(request, offer)

    assert row["words"] == "Masken"


def test_the_further_need_that_was_met_is_named() -> None:
    request = a_row(a_request(THEMES[2]), {}, needs=(THEMES[0],))

    (row,) = told(request, a_row(an_offer(THEMES[0]), {}))

    assert row["further_need"] == THEMES[0]


def test_a_title_is_no_formula() -> None:
    request = a_row(a_request("=HYPERLINK Masken Atemschutz"), {})

    (row,) = told(request, a_row(an_offer("Masken Atemschutz"), {}))

    assert row["request"] == "'=HYPERLINK Masken Atemschutz"
