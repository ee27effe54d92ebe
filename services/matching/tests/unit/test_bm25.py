from hypothesis import given, settings
from hypothesis import strategies as st

from matching.bm25 import LexicalIndex, term_statistics


@settings(max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=40))
def test_words_index_holds_exactly_what_was_added_last(steps: list[tuple[bool, int]]) -> None:
    index: LexicalIndex[int] = LexicalIndex()
    live: set[int] = set()
    for added, key in steps:
        if added:
            index.add(key, (f"word{key}", "common"))
            live.add(key)
        else:
            index.remove(key)
            live.discard(key)

    assert set(index.scores(["common"])) == live


def test_rare_words_weigh_more_than_common_ones() -> None:
    index: LexicalIndex[str] = LexicalIndex()
    index.add("rare", ("pumpe", "gerät"))
    index.add("common", ("gerät", "gerät"))

    assert index.best(["pumpe", "gerät"], 2) == ["rare", "common"]


def test_the_share_of_bm25_lies_between_nothing_and_all() -> None:
    statistics = term_statistics([("pumpe", "labor"), ("bett", "labor")])

    assert statistics.share(("pumpe",), ("bett",)) == 0
    assert 0 < statistics.share(("pumpe",), ("pumpe", "labor")) <= 1
    assert statistics.share((), ("pumpe",)) == 0
