"""Makes the compact part of a model directory; needs nothing but what the service runs with."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from marisa_trie import BytesTrie, Trie
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from simplemma.strategies.dictionaries import DefaultDictionaryFactory

from matching.dictionaries import LANGUAGES, trie_file
from matching.model import (
    MANIFEST_FILE,
    TOKENIZER_FILE,
    DamagedModel,
    Manifest,
    checked_manifest,
    sha256_of,
)
from matching.model_compact import (
    COMPACT_FOLDER,
    FRAME_FILE,
    CompactManifest,
    checked_compact,
    made_of,
)
from matching.pieces import IDS_FILE, SCORES_FILE, TRIE_FILE, PieceFacts
from matching.sentence_encoder import TABLE_FILE, shipped_backend

UNKNOWN_PENALTY = 10.0
"""So much less likely than the rarest piece is a character that no piece holds: the library's."""

Progress = Callable[[str], None]


class _Unigram(BaseModel):
    """A vocabulary as pieces with log probabilities, in the order of their ids."""

    model_config = ConfigDict(frozen=True)

    type: Literal["Unigram"]
    unk_id: int
    vocab: tuple[tuple[str, float], ...]
    byte_fallback: Literal[False] = False


class _TokenizerFile(BaseModel):
    """Such a file of the library `tokenizers` as pieces can stand for: no added tokens."""

    model_config = ConfigDict(frozen=True, extra="allow")

    added_tokens: tuple[object, ...] = Field(max_length=0)
    normalizer: dict[str, object]
    pre_tokenizer: dict[str, object]
    post_processor: dict[str, object]
    model: _Unigram


def build_compact(directory: Path, *, progress: Progress) -> bool:
    """Fill the part; False if the one that fits is there already."""
    model = checked_manifest(directory)
    if _up_to_date(directory, model):
        return False
    with tempfile.TemporaryDirectory(dir=directory, prefix=".build-") as scratch:
        built = Path(scratch) / COMPACT_FOLDER
        built.mkdir()
        progress("writing the dictionaries")
        _write_dictionaries(built)
        progress("writing the table of sentences")
        np.save(built / TABLE_FILE, shipped_backend().table)
        progress("writing the vocabulary")
        pieces = write_vocabulary(directory / TOKENIZER_FILE, built)
        manifest = _manifest(built, model, pieces)
        (built / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2) + "\n")
        shutil.rmtree(directory / COMPACT_FOLDER, ignore_errors=True)
        built.rename(directory / COMPACT_FOLDER)
    return True


def _up_to_date(directory: Path, model: Manifest) -> bool:
    try:
        return checked_compact(directory, model) is not None
    except DamagedModel:
        return False


def _manifest(built: Path, model: Manifest, pieces: PieceFacts | None) -> CompactManifest:
    return CompactManifest(
        made_of=made_of(model),
        pieces=pieces,
        sha256={path.name: sha256_of(path) for path in sorted(built.iterdir())},
    )


def _write_dictionaries(built: Path) -> None:
    shipped = DefaultDictionaryFactory()
    for language in LANGUAGES:
        lemmas = shipped.get_dictionary(language)
        BytesTrie((word, lemma.encode()) for word, lemma in lemmas.items()).save(
            str(trie_file(built, language))
        )


def write_vocabulary(tokenizer_file: Path, built: Path) -> PieceFacts | None:
    """None, and nothing written, for a tokenizer of another make."""
    try:
        tokenizer = _TokenizerFile.model_validate_json(tokenizer_file.read_bytes())
    except ValidationError:
        return None
    frame = tokenizer.model_copy(update={"model": _only_unknown(tokenizer.model)})
    (built / FRAME_FILE).write_text(frame.model_dump_json(), encoding="utf-8")
    return _write_pieces(tokenizer.model, built)


def _only_unknown(model: _Unigram) -> _Unigram:
    return model.model_copy(update={"unk_id": 0, "vocab": (model.vocab[model.unk_id],)})


def _write_pieces(model: _Unigram, built: Path) -> PieceFacts:
    numbers = {piece: number for number, (piece, _) in enumerate(model.vocab)}
    trie = Trie(numbers)
    ids = np.zeros(len(numbers), np.int32)
    scores = np.zeros(len(numbers), np.float64)
    for piece, number in numbers.items():
        ids[trie[piece]], scores[trie[piece]] = number, model.vocab[number][1]
    trie.save(str(built / TRIE_FILE))
    np.save(built / IDS_FILE, ids)
    np.save(built / SCORES_FILE, scores)
    return PieceFacts(
        unknown=model.unk_id,
        unknown_score=min(score for _, score in model.vocab) - UNKNOWN_PENALTY,
        longest=max(map(len, numbers)),
    )
