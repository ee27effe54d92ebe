"""Places: postcodes of Germany, districts and distances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listings.places import distance_km, district_name, find_place, laender
from schemas.place import Place

POSTCODES = st.sampled_from(["18055", "17489", "80331", "10115", "50667"])


def place(postcode: str) -> Place:
    found = find_place(postcode)
    assert found is not None
    return found


def test_a_postcode_knows_its_land_and_district() -> None:
    assert place("18055").land == "Mecklenburg-Vorpommern"
    assert district_name(place("18055").district_code) == "Rostock"


def test_people_name_their_place_themselves() -> None:
    found = find_place("18119", "Warnemünde")

    assert found is not None
    assert found.city == "Warnemünde"


@pytest.mark.parametrize("postcode", ["", "00000", "99999", "1805", "180555", "ABCDE"])
def test_an_impossible_postcode_is_no_place(postcode: str) -> None:
    assert find_place(postcode) is None


def test_there_are_sixteen_laender() -> None:
    assert len(laender()) == 16


def test_rostock_is_about_660_km_from_munich() -> None:
    assert distance_km(place("18055"), place("80331")) == pytest.approx(660, rel=0.03)


@given(POSTCODES, POSTCODES)
def test_distance_is_symmetric_and_zero_only_at_home(one: str, other: str) -> None:
    assert distance_km(place(one), place(other)) == distance_km(place(other), place(one))
    assert (distance_km(place(one), place(other)) == 0) == (one == other)
