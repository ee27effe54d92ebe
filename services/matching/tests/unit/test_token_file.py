from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matching_builders import THEMES, a_reading, a_request, an_offer

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.mapped_file import STEP_BYTES
from matching.text_file import TextFile
from matching.token_file import RECORD, TokenFile


@pytest.fixture
def tokens(tmp_path: Path, version: AnalysisVersion) -> Iterator[TokenFile]:
    file = TokenFile(tmp_path, version=version.number)
    yield file
    file.close()


def same(one: Analysis, other: Analysis) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in one.__dataclass_fields__
        if name != "spreads"
    ) and (one.spreads == other.spreads)


def test_an_analysis_comes_back_as_it_was(tokens: TokenFile, version: AnalysisVersion) -> None:
    offer = version.analysed(a_reading(an_offer(THEMES[0], "Größe 🧤 ab Lager")))
    request = version.analysed(a_reading(a_request(THEMES[1])), in_background=True)

    rows = [tokens.add(offer), tokens.add(request)]

    assert same(tokens.analysis(rows[0]), offer)
    assert same(tokens.analysis(rows[1]), request)


def test_an_empty_text_comes_back_empty(tokens: TokenFile, version: AnalysisVersion) -> None:
    empty = version.analysed(a_reading(a_request("")))

    assert same(tokens.analysis(tokens.add(empty)), empty)


def test_a_row_is_given_out_again_only_after_its_release(
    tokens: TokenFile, version: AnalysisVersion
) -> None:
    offer = version.analysed(a_reading(an_offer(THEMES[0])))
    row = tokens.add(offer)

    tokens.remove(row)
    meanwhile = tokens.add(offer)
    tokens.release([row])

    assert meanwhile != row
    assert tokens.add(offer) == row


def test_rows_stay_readable_while_the_file_grows(
    tokens: TokenFile, version: AnalysisVersion
) -> None:
    analyses = [version.analysed(a_reading(an_offer(theme))) for theme in THEMES]
    first = tokens.analysis(tokens.add(analyses[0]))

    for place in range(STEP_BYTES // RECORD.itemsize + 10):
        last = tokens.add(replace(analyses[1], word_count=place))

    assert same(first, analyses[0])
    assert same(tokens.analysis(0), analyses[0])
    assert tokens.analysis(last).word_count == place


def test_freed_blocks_are_used_again_and_disturb_nobody(tmp_path: Path) -> None:
    texts = TextFile(tmp_path)
    kept = texts.put(("atemschutzmaske", "größe"))
    freed = texts.put(("pumpe",) * 20)

    texts.free(freed)
    again = texts.put(("ventil",) * 18)

    assert again.start == freed.start
    assert texts.get(kept) == ("atemschutzmaske", "größe")
    assert texts.get(again) == ("ventil",) * 18
    texts.close()


def test_nothing_is_left_in_the_folder(tokens: TokenFile, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir()) == []
