"""Whose turn it is: tables of what stands and what waits, and what must hold whatever waits."""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.spread.rules import SpreadRules
from matching.spread.spread import Standing, WaitingPair, chosen, exposure_penalty
from schemas.vocabulary import Strength

RULES = SpreadRules()
BAR = 3.5


def an_id(number: int) -> UUID:
    return UUID(int=number)


def a_pair(
    number: int,
    *,
    d: float = 4.0,
    offer: int | None = None,
    request: int | None = None,
    offered_by: int | None = None,
    asked_by: int | None = None,
    strong: bool = False,
) -> WaitingPair:
    """Listings and organisations of its own, unless told otherwise."""
    return WaitingPair(
        proposal_id=an_id(number),
        offer_id=an_id(1_000 + (number if offer is None else offer)),
        request_id=an_id(2_000 + (number if request is None else request)),
        offer_organisation_id=an_id(3_000 + (number if offered_by is None else offered_by)),
        request_organisation_id=an_id(4_000 + (number if asked_by is None else asked_by)),
        category="medical",
        strength=Strength.STRONG if strong else Strength.POSSIBLE,
        d=d,
        bar=BAR,
    )


def numbers(pairs: tuple[WaitingPair, ...]) -> list[int]:
    return [pair.proposal_id.int for pair in pairs]


def test_of_one_organisation_the_best_two_offers_come_first() -> None:
    pairs = [a_pair(n, d=4.0 + n / 10, request=0, offered_by=0, asked_by=0) for n in range(4)]

    assert numbers(chosen(pairs, Standing(), RULES)) == [3, 2]


def test_the_third_offer_moves_up_when_one_no_longer_stands() -> None:
    third = a_pair(1, request=0, offered_by=0)
    before = (third.request_id, third.offer_organisation_id)

    assert chosen([third], Standing(before={before: 2}), RULES) == ()
    assert chosen([third], Standing(before={before: 1}), RULES) == (third,)


@pytest.mark.parametrize(("strong", "passes"), [(0, True), (1, True), (2, False)])
def test_a_strong_offer_waits_for_no_possible_ones(strong: int, *, passes: bool) -> None:
    third = a_pair(1, request=0, offered_by=0, strong=True)
    before = (third.request_id, third.offer_organisation_id)
    standing = Standing(before={before: 2}, strong_before={before: strong})

    assert bool(chosen([third], standing, RULES)) is passes


def test_strong_offers_of_one_organisation_wait_for_each_other() -> None:
    pairs = [a_pair(n, request=0, offered_by=0, asked_by=0, strong=True) for n in range(3)]

    assert len(chosen(pairs, Standing(), RULES)) == RULES.offers_of_one_organisation


@pytest.mark.parametrize("side", ["offer", "request"])
def test_so_many_enquire_about_one_listing_at_once(side: str) -> None:
    same: dict[str, Any] = {side: 0}
    pairs = [a_pair(n, d=5.0 - n / 10, **same) for n in range(5)]

    assert numbers(chosen(pairs, Standing(), RULES)) == [0, 1, 2]


@pytest.mark.parametrize("side", ["offered_by", "asked_by"])
def test_a_weeks_attention_is_spent_on_the_strong_first(side: str) -> None:
    same: dict[str, Any] = {side: 0}
    pairs = [a_pair(n, d=9.0 - n / 10, **same) for n in range(10)]
    strong = a_pair(99, d=6.5, strong=True, **same)
    found = numbers(chosen([*pairs, strong], Standing(), RULES))

    assert found[0] == 99
    assert found[1:] == list(range(9))


@pytest.mark.parametrize(
    ("shown", "usual", "penalty"),
    [
        (0, 0.0, 0.0),
        (3, 0.0, 0.0),
        (6, 0.0, 0.3),
        (12, 0.0, 0.6),
        (12, 6.0, 0.3),
        (12, 12.0, 0.0),
        (12, 40.0, 0.0),
        (10_000, 0.0, 1.2),
    ],
)
def test_exposure_costs_a_step_for_every_doubling_of_the_usual(
    shown: int, usual: float, penalty: float
) -> None:
    assert exposure_penalty(shown, usual, RULES) == pytest.approx(penalty)


def test_the_much_shown_must_clear_a_higher_bar_and_a_strong_pair_passes() -> None:
    weak, better = a_pair(1, d=BAR + 0.5, offered_by=0), a_pair(2, d=BAR + 0.7, offered_by=0)
    strong = a_pair(3, d=BAR + 0.1, offered_by=0, strong=True)
    much = Standing(shown={weak.offer_organisation_id: 12})

    assert numbers(chosen([weak, better, strong], much, RULES)) == [3, 2]
    usual = Standing(shown=much.shown, usual={"medical": 12.0})
    assert numbers(chosen([weak, better, strong], usual, RULES)) == [3, 2, 1]


few = st.integers(0, 4)
waiting = st.lists(
    st.builds(
        a_pair,
        st.integers(0, 500),
        d=st.floats(3.5, 9.0),
        offer=few,
        request=few,
        offered_by=few,
        asked_by=few,
        strong=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda pair: pair.proposal_id,
)


@given(waiting)
def test_no_limit_is_passed_and_what_has_room_alone_is_never_held_back(
    pairs: list[WaitingPair],
) -> None:
    found = chosen(pairs, Standing(), RULES)

    of_one = Counter((pair.request_id, pair.offer_organisation_id) for pair in found)
    listings = Counter(each for pair in found for each in (pair.offer_id, pair.request_id))
    attention = Counter(
        each
        for pair in found
        for each in (pair.offer_organisation_id, pair.request_organisation_id)
    )
    assert max(of_one.values(), default=0) <= RULES.offers_of_one_organisation
    assert max(listings.values(), default=0) <= RULES.wave
    assert max(attention.values(), default=0) <= RULES.weekly_proposals
    assert bool(found) == bool(pairs)
    assert numbers(chosen(reversed(pairs), Standing(), RULES)) == numbers(found)
