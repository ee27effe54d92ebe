"""Shares, breakdowns, buckets and the funnel: every figure with its base."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.web.language import Localised
from surveys.reports.figure import ImpossibleShare, Share, breakdown
from surveys.reports.funnel import FunnelCounts, funnel_figure
from surveys.reports.press import BUCKETS, PressCounts, bucketed, press_figures
from surveys.reports.words import FIGURES, LINES, STEPS

histograms = st.dictionaries(st.integers(0, 200), st.integers(0, 5_000), max_size=40)

NOTHING = PressCounts(
    listings_by_kind={},
    listings_by_category={},
    organisations_by_size={},
    organisations_by_contacts={},
    contacts_by_result={},
    closings_by_answer={},
)


class TestShare:
    def test_nothing_of_nothing_is_no_share(self) -> None:
        assert Share(count=0, base=0).ratio is None
        assert Share(count=0, base=0).interval is None

    def test_a_count_without_base_is_no_share(self) -> None:
        assert Share(count=7).ratio is None

    @pytest.mark.parametrize(("count", "base"), [(2, 1), (-1, 4), (1, 0)])
    def test_more_than_all_is_refused(self, count: int, base: int) -> None:
        with pytest.raises(ImpossibleShare):
            Share(count=count, base=base)


class TestBuckets:
    @pytest.mark.parametrize(
        ("contacts", "slug"),
        [(0, "0"), (1, "1-5"), (5, "1-5"), (6, "6-10"), (10, "6-10"), (11, "11-20"),
         (20, "11-20"), (21, "21+"), (1_000, "21+")],
    )  # fmt: skip
    def test_edges(self, contacts: int, slug: str) -> None:
        assert bucketed({contacts: 1})[slug] == 1

    @given(histograms)
    def test_sum_to_the_base(self, histogram: dict[int, int]) -> None:
        assert sum(bucketed(histogram).values()) == sum(histogram.values())

    @given(st.integers(0, 10_000))
    def test_every_number_lies_in_exactly_one(self, contacts: int) -> None:
        assert sum(bucket.holds(contacts) for bucket in BUCKETS) == 1


class TestPress:
    @given(histograms)
    def test_the_parts_of_a_figure_sum_to_its_base(self, histogram: dict[int, int]) -> None:
        figure = breakdown("contacts", bucketed(histogram))

        assert sum(line.share.count for line in figure.lines) == figure.lines[0].share.base

    def test_zeros_are_shown(self) -> None:
        figures = {figure.slug: figure for figure in press_figures(NOTHING, categories={})}

        assert [line.slug for line in figures["sizes"].lines] == [
            "micro", "small", "medium", "large",
        ]  # fmt: skip
        assert {line.share.ratio for line in figures["contacts"].lines} == {None}

    def test_closings_count_also_those_that_said_nothing(self) -> None:
        counts = replace(NOTHING, closings_by_answer={"found-here": 3, "unknown": 5})

        figures = {figure.slug: figure for figure in press_figures(counts, categories={})}

        assert {line.slug: line.share for line in figures["closings"].lines} == {
            "found-here": Share(count=3, base=8),
            "found-elsewhere": Share(count=0, base=8),
            "no-longer-needed": Share(count=0, base=8),
            "unknown": Share(count=5, base=8),
        }

    def test_recommendation_is_not_invented(self) -> None:
        assert press_figures(NOTHING, categories={})[-1].lines == ()

    def test_categories_come_most_first_in_the_clusters_words(self) -> None:
        counts = PressCounts(
            listings_by_kind={"offer": 4},
            listings_by_category={"a": 1, "b": 3},
            organisations_by_size={"unknown": 2},
            organisations_by_contacts={},
            contacts_by_result={},
            closings_by_answer={},
        )

        figures = press_figures(counts, categories={"b": Localised(de="Bah", en="Bee")})
        categories = next(figure for figure in figures if figure.slug == "categories")

        assert [(line.slug, line.share.count) for line in categories.lines] == [("b", 3), ("a", 1)]
        assert categories.lines[0].label == Localised(de="Bah", en="Bee")

    def test_every_figure_and_line_has_words(self) -> None:
        figures = press_figures(NOTHING, categories={})

        assert {figure.slug for figure in figures} | {"funnel"} == set(FIGURES)
        assert {line.slug for figure in figures for line in figure.lines} <= set(LINES)


class TestFunnel:
    def test_each_step_names_its_own_base(self) -> None:
        counts = FunnelCounts(
            listings=100,
            listings_proposed=70,
            proposals=90,
            proposals_delivered=80,
            proposals_answered=40,
            proposals_contacted=20,
            contacts=25,
            contacts_accepted=15,
            contacts_reported=10,
            contacts_agreed=4,
            listings_closed=30,
            listings_found_here=12,
        )

        steps = {line.slug: line.share for line in funnel_figure(counts).lines}

        assert steps == {
            "published": Share(count=100),
            "proposed": Share(count=70, base=100),
            "delivered": Share(count=80, base=90),
            "answered": Share(count=40, base=80),
            "contact": Share(count=20, base=40),
            "accepted": Share(count=15, base=25),
            "outcome": Share(count=10, base=15),
            "agreed": Share(count=4, base=10),
            "found-here": Share(count=12, base=30),
        }
        assert list(steps) == list(STEPS)
