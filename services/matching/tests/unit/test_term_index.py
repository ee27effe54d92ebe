from collections.abc import Iterator
from pathlib import Path

import pytest
from full_disk import full_disk

from matching.bm25 import LexicalIndex
from matching.term_files import LostTerms
from matching.term_index import TermIndex

TEXTS = {
    1: ("atemschutzmask", "atem", "schutz", "mask"),
    2: ("pump", "dosierpump", "labor"),
    3: ("mask", "labor", "labor"),
    4: ("bett", "labor"),
}


@pytest.fixture
def terms(tmp_path: Path) -> Iterator[TermIndex]:
    index = TermIndex(tmp_path)
    yield index
    index.close()


def test_what_is_not_committed_is_found(terms: TermIndex) -> None:
    terms.add(1, TEXTS[1])

    assert terms.best(["mask"], 5) == [1]


def test_committed_and_waiting_rows_are_ordered_together(terms: TermIndex) -> None:
    exact: LexicalIndex[int] = LexicalIndex()
    for row in range(300):
        text = ("labor",) * (row % 7) + ("mask",) * (row % 5) + ("other",) * (row % 11)
        terms.add(row, text)
        exact.add(row, text)
        if row == 270:
            terms.commit()

    found, expected = terms.best(["mask", "labor"], 60), exact.best(["mask", "labor"], 60)

    assert len(set(found) & set(expected)) >= 50
    assert set(found) & set(expected) & set(range(271, 300))


def test_a_commit_changes_no_order(terms: TermIndex) -> None:
    for row, text in TEXTS.items():
        terms.add(row, text)
    waiting = terms.best(["labor", "pump"], 4)

    terms.commit()

    assert terms.best(["labor", "pump"], 4) == waiting
    assert terms.uncommitted == 0


def test_a_removed_row_is_gone_at_once(terms: TermIndex) -> None:
    for row, text in TEXTS.items():
        terms.add(row, text)
    terms.commit()

    terms.remove(1, TEXTS[1])
    terms.add(5, TEXTS[1])
    terms.remove(5, TEXTS[1])

    assert terms.best(["atem", "mask"], 5) == [3]
    terms.commit()
    assert terms.best(["atem", "mask"], 5) == [3]


def test_removed_rows_do_not_crowd_out_others(terms: TermIndex) -> None:
    for row in range(20):
        terms.add(row, ("mask",))
    terms.add(20, ("mask", "labor", "bett"))
    terms.commit()
    for row in range(20):
        terms.remove(row, ("mask",))

    assert terms.best(["mask"], 1) == [20]


def test_no_words_find_nothing(terms: TermIndex) -> None:
    terms.add(1, ())
    terms.commit()

    assert terms.best([], 5) == []
    assert terms.best(["unknown"], 5) == []


@pytest.fixture
def lost(terms: TermIndex) -> TermIndex:
    """One row in files, two that a full disk did not take, and one removed meanwhile."""
    terms.add(2, TEXTS[2])
    terms.add(4, TEXTS[4])
    terms.commit()
    terms.add(1, TEXTS[1])
    terms.remove(4, TEXTS[4])
    with full_disk(), pytest.raises(LostTerms):
        terms.commit()
    terms.add(3, TEXTS[3])
    return terms


def test_what_a_full_disk_did_not_take_is_still_found(lost: TermIndex) -> None:
    assert lost.lost
    assert lost.best(["mask"], 5) == [3, 1]
    assert set(lost.best(["labor"], 5)) == {2, 3}


def test_no_later_commit_passes_over_what_was_lost(lost: TermIndex) -> None:
    with pytest.raises(LostTerms):
        lost.commit()

    assert set(lost.best(["mask"], 5)) == {1, 3}


def test_rebuilt_files_hold_all_rows(lost: TermIndex, tmp_path: Path) -> None:
    rows = [(row, TEXTS[row]) for row in (1, 2, 3)]
    with full_disk(), pytest.raises(LostTerms):
        lost.rebuild(rows)
    still = lost.best(["mask"], 5)

    lost.rebuild(rows)
    lost.remove(2, TEXTS[2])
    lost.commit()

    assert still == [3, 1]
    assert not lost.lost
    assert lost.uncommitted == 0
    assert set(lost.best(["mask", "labor"], 5)) == {1, 3}
    assert len(list(tmp_path.iterdir())) == 1
