"""Pieces from mapped files against the library's own reading of the same tokenizer."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from matching.listing_text import prepared
from matching.model import TOKENIZER_FILE, checked_manifest, default_directory
from matching.model_compact import checked_compact
from matching.model_compact_build import write_vocabulary
from matching.packed_weights import Vocabulary
from matching.shipped_background import shipped_listings
from matching.text_tokenizer import PieceTokenizer, TextTokenizer, library_tokenizer, tokenizer_in
from matching.tokenizer_build import tokenizer_of

ROOT = Path(__file__).parents[4]
FILES = (
    ROOT / "deploy" / "embedded" / "sample" / "listings.csv",
    *(ROOT / "bench" / "data" / "german-dev" / name for name in ("offers.tsv", "requests.tsv")),
)

PIECES = {
    "<s>": 0.0,
    "<pad>": 0.0,
    "</s>": 0.0,
    "<unk>": 0.0,
    "▁": -2.0,
    "▁ma": -3.0,
    "ma": -3.5,
    "a": -3.0,
    "m": -3.0,
    "s": -2.5,
    "ken": -4.0,
    "ske": -4.0,
    "n": -3.0,
    "k": -3.0,
    "e": -2.0,
    "ask": -5.0,
    "▁mas": -4.5,
    "1": -3.0,
    "fi": -4.0,
    "⁄": -6.0,
    "2": -3.0,
    "😀": -7.0,
    "é": -5.0,
}
SPECIAL = ["<unk>", "<s>", "▁", "½", "ﬁ", "e\u0301", "\u00a0", "  ", "\u200b", "\u0000", "😀"]
TEXTS = st.lists(
    st.one_of(
        st.text(alphabet="maskenfi12 ", max_size=8),
        st.sampled_from(SPECIAL),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    )
).map("".join)

Pair = tuple[TextTokenizer, Tokenizer]


def assert_alike(text: str, both: Pair) -> None:
    ours, theirs = (tokenizer.encode(text) for tokenizer in both)
    assert ours.ids == theirs.ids
    assert ours.offsets == theirs.offsets
    assert ours.special_tokens_mask == theirs.special_tokens_mask


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """A vocabulary of few pieces, so that chance meets ties, gaps and unknown characters."""
    folder = tmp_path_factory.mktemp("few")
    words = Vocabulary(
        pieces=tuple(PIECES), scores=tuple(PIECES.values()), begin=0, padding=1, end=2, unknown=3
    )
    tokenizer_of(words).save(str(folder / TOKENIZER_FILE))
    facts = write_vocabulary(folder / TOKENIZER_FILE, folder)
    assert facts is not None
    return PieceTokenizer(folder, facts), library_tokenizer(folder / TOKENIZER_FILE)


@pytest.fixture(scope="module")
def whole() -> Pair:
    directory = default_directory()
    compact = checked_compact(directory, checked_manifest(directory))
    ours = tokenizer_in(directory, compact)
    assert isinstance(ours, PieceTokenizer)
    return ours, library_tokenizer(directory / TOKENIZER_FILE)


@given(text=TEXTS)
@example(text="")
@example(text="masken xyz<unk>q ½ﬁ")
@settings(max_examples=200, deadline=None)
def test_few_pieces_cover_any_text_as_the_library_would(text: str, few: Pair) -> None:
    assert_alike(text, few)


def test_a_piece_has_the_id_it_has_in_the_file(few: Pair) -> None:
    ours, theirs = few

    for piece in (*PIECES, "masken", ""):
        assert ours.token_to_id(piece) == theirs.token_to_id(piece)


def test_a_tokenizer_with_added_tokens_is_left_to_the_library(tmp_path: Path) -> None:
    content = {
        "added_tokens": [{"id": 0, "content": "<mask>"}],
        "normalizer": {"type": "NFKC"},
        "pre_tokenizer": {"type": "Metaspace"},
        "post_processor": {"type": "TemplateProcessing"},
        "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0]]},
    }
    (tmp_path / TOKENIZER_FILE).write_text(json.dumps(content))

    assert write_vocabulary(tmp_path / TOKENIZER_FILE, tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == [TOKENIZER_FILE]


@pytest.mark.model
@given(text=TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_models_pieces_cover_any_text_as_the_library_would(text: str, whole: Pair) -> None:
    assert_alike(text, whole)


@pytest.mark.model
def test_listings_are_covered_as_by_the_library(whole: Pair) -> None:
    texts = [prepared(listing.text).text for listing in shipped_listings()]
    for path in FILES:
        with path.open(encoding="utf-8", newline="") as file:
            texts += [" ".join(row) for row in csv.reader(file)]

    for text in texts:
        assert_alike(text, whole)
