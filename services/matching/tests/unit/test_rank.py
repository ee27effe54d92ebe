"""Ranking a file: fields keep a pair from being proposed, and never from being ranked."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matching_builders import THEMES, WordEncoder, a_request, a_version, an_offer, unsplit

from matching.encoder import Encoding, finite
from matching.engine import Engine
from matching.file_conditions import conditions_in
from matching.file_reading import read_file
from matching.lexicon import Lexicon
from matching.listing_file import FileListing
from matching.listing_text import ListingText
from matching.rank import RunLine, ranked

ENGINE = Engine(
    encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=a_version("shipped"), threshold=2.0
)
ROSTOCK, WISMAR = {"postcode": "18055"}, {"postcode": "23966"}


def a_row(
    ref: str, text: ListingText, cells: dict[str, str], needs: tuple[str, ...] = ()
) -> FileListing:
    conditions, doubtful = conditions_in(cells)
    assert doubtful == ()
    return FileListing(ref=ref, text=text, needs=needs, conditions=conditions)


def requested(**cells: str) -> FileListing:
    return a_row("r", a_request(THEMES[0]), cells)


def offered(ref: str = "o", **cells: str) -> FileListing:
    return a_row(ref, an_offer(f"{THEMES[0]} ab lager"), cells)


def silently(texts: Sequence[ListingText], _label: str) -> Iterable[ListingText]:
    return texts


def rank(
    listings: Sequence[FileListing], *, proposed_only: bool = False, engine: Engine = ENGINE
) -> tuple[RunLine, ...]:
    read = read_file(engine, listings, progress=silently).listings
    return ranked(
        engine, read, progress=silently, proposed_only=proposed_only, join_background=False
    )


def pairs(listings: Sequence[FileListing], *, proposed_only: bool) -> set[tuple[str, str]]:
    run = rank(listings, proposed_only=proposed_only)
    return {(line.request_ref, line.offer_ref) for line in run}


@pytest.mark.parametrize(
    ("asked", "offer", "meets"),
    [
        ({}, {}, True),
        (ROSTOCK, WISMAR | {"service_area": "20 km"}, False),
        (ROSTOCK, WISMAR | {"service_area": "80 km"}, True),
        (ROSTOCK, WISMAR | {"service_area": "Hessen"}, False),
        ({}, {"service_area": "Hessen"}, True),
        ({"quantity": "20 Stück"}, {"minimum_quantity": "50 Stück"}, False),
        ({"quantity": "20 Stück"}, {"minimum_quantity": "50 Liter"}, True),
        ({"needed_by": "2026-04-01"}, {"available_from": "2026-05-01"}, False),
        ({}, {"valid_days": "0"}, False),
    ],
)
def test_fields_keep_a_pair_from_being_proposed_and_never_from_being_ranked(
    asked: dict[str, str], offer: dict[str, str], *, meets: bool
) -> None:
    listings = [requested(**asked), offered(**offer)]

    assert pairs(listings, proposed_only=False) == {("r", "o")}
    assert pairs(listings, proposed_only=True) == ({("r", "o")} if meets else set())


def test_ones_own_offer_is_not_even_ranked() -> None:
    own: dict[str, Any] = {"organisation": "Werk Nord"}

    assert pairs([requested(**own), offered(**own)], proposed_only=False) == set()


def test_who_cannot_be_met_does_not_stand_before_who_can() -> None:
    better = [offered(ref, service_area="Hessen") for ref in ("b1", "b2")]
    weaker = a_row("w", an_offer("masken atemschutz kurier"), {})
    listings = [requested(**ROSTOCK), *better, weaker]

    assert pairs(listings, proposed_only=True) == {("r", "w")}


def test_a_further_need_has_no_amount_and_finds_offers_of_its_own() -> None:
    request = a_row("r", a_request(THEMES[2]), {"quantity": "2 Stück"}, (THEMES[0],))
    listings = [request, offered(minimum_quantity="500 Stück")]

    assert pairs(listings, proposed_only=True) == {("r", "o")}


def test_what_is_wanted_by_the_way_stands_after_what_is_wanted() -> None:
    request = a_row("r", a_request(f"{THEMES[2]} dringend"), {}, (THEMES[0],))
    listings = [request, offered("by the way"), a_row("wanted", an_offer(THEMES[2]), {})]

    run = rank(listings)

    assert [line.offer_ref for line in run] == ["wanted", "by the way"]


def test_a_need_leaves_an_offers_first_place_to_whoever_seeks_it_above_all() -> None:
    by_the_way = [a_row(ref, a_request(THEMES[2]), {}, (THEMES[0],)) for ref in ("n1", "n2")]
    above_all = a_row("r", a_request("masken atemschutz kurier"), {})

    assert ("r", "o") in pairs([*by_the_way, above_all, offered()], proposed_only=True)


def test_what_a_text_states_by_the_way_is_a_further_need() -> None:
    stating = a_request(THEMES[2], f"Zum Herbst, außerdem Bedarf {THEMES[0]}.")

    assert pairs([a_row("r", stating, {}), offered()], proposed_only=True) == {("r", "o")}


def test_a_clause_is_about_what_its_text_states_and_not_about_lines() -> None:
    text = f"Zum Herbst, außerdem Bedarf {THEMES[0]}, keine Stoffmasken."
    cotton = a_row("o", an_offer(f"{THEMES[0]} Stoffmasken"), {})

    stating = a_row("r", a_request(THEMES[2], text), {})
    listing = a_row("r", a_request(THEMES[2], text), {}, (f"{THEMES[0]} jeder Art",))

    assert pairs([stating, cotton], proposed_only=True) == set()
    assert pairs([listing, cotton], proposed_only=True) == {("r", "o")}


class NoNumbersOf:
    """The hand-written encoder, but for texts with one word."""

    def __init__(self, word: str) -> None:
        self._word = word

    def encode(self, text: str) -> Encoding:
        found = WordEncoder().encode(text)
        broken = np.full_like(found.sentence, np.nan if self._word in text.lower() else 0)
        return replace(found, sentence=finite(found.sentence + broken))


@pytest.mark.parametrize("needs", [(), ("Unlesbar",)])
def test_what_the_model_cannot_read_is_named_and_keeps_nobody_else_out(
    needs: tuple[str, ...],
) -> None:
    broken = replace(ENGINE, encoder=NoNumbersOf("unlesbar"))
    title = THEMES[0] if needs else "Unlesbar"
    unread = a_row("unread", a_request(title), {}, needs)

    read = read_file(broken, [unread, requested(), offered()], progress=silently)

    assert read.unreadable == ("unread",)
    assert [each.listing.ref for each in read.listings] == ["r", "o"]
