"""What an anonymous listing shows: never what is shown of fewer than five organisations."""

from hypothesis import given
from hypothesis import strategies as st

from listings.listing.public_events import census_of
from listings.listing.visibility import ENOUGH_ORGANISATIONS, Group, shown_group
from listings.places import find_place
from schemas.vocabulary import SizeClass

ROSTOCK, STRALSUND, MUNICH = "18055", "18437", "80331"
POSTCODES = (ROSTOCK, STRALSUND, MUNICH, None)


def shown(
    postcode: str | None, size: SizeClass, counts: dict[tuple[str | None, SizeClass], int]
) -> Group:
    place = find_place(postcode) if postcode else None
    census = census_of(counts)
    return shown_group(place, size, lambda group: census.get(group, 0))


class TestAnonymity:
    def test_five_in_the_district_show_the_district(self) -> None:
        group = shown(ROSTOCK, SizeClass.SMALL, {(ROSTOCK, SizeClass.SMALL): 5})

        assert group.district_code == "13003"
        assert group.size_class is SizeClass.SMALL

    def test_four_in_the_district_show_the_land_where_a_fifth_is(self) -> None:
        counts: dict[tuple[str | None, SizeClass], int] = {
            (ROSTOCK, SizeClass.SMALL): 4,
            (STRALSUND, SizeClass.SMALL): 1,
        }

        group = shown(ROSTOCK, SizeClass.SMALL, counts)

        assert group == Group(land="Mecklenburg-Vorpommern", size_class=SizeClass.SMALL)

    def test_a_rare_size_is_hidden_before_the_land(self) -> None:
        counts: dict[tuple[str | None, SizeClass], int] = {
            (ROSTOCK, SizeClass.LARGE): 1,
            (ROSTOCK, SizeClass.MICRO): 4,
        }

        group = shown(ROSTOCK, SizeClass.LARGE, counts)

        assert group == Group(land="Mecklenburg-Vorpommern")

    def test_nobody_hides_behind_those_who_show_their_district(self) -> None:
        counts: dict[tuple[str | None, SizeClass], int] = {
            (ROSTOCK, SizeClass.SMALL): 5,
            (STRALSUND, SizeClass.SMALL): 1,
        }

        group = shown(STRALSUND, SizeClass.SMALL, counts)

        assert group == Group()

    def test_nothing_is_shown_of_a_lonely_organisation(self) -> None:
        assert shown(MUNICH, SizeClass.LARGE, {(MUNICH, SizeClass.LARGE): 1}) == Group()

    @given(
        counts=st.dictionaries(
            st.tuples(st.sampled_from(POSTCODES), st.sampled_from(list(SizeClass))),
            st.integers(min_value=0, max_value=8),
        ),
        postcode=st.sampled_from(POSTCODES),
        size=st.sampled_from(list(SizeClass)),
    )
    def test_whatever_is_shown_of_one_is_shown_of_five(
        self,
        counts: dict[tuple[str | None, SizeClass], int],
        postcode: str | None,
        size: SizeClass,
    ) -> None:
        group = shown(postcode, size, counts)

        alike = sum(
            count
            for (code, size_class), count in counts.items()
            if shown(code, size_class, counts) == group
        )
        assert group == Group() or alike >= ENOUGH_ORGANISATIONS
