"""Text in, token states and a sentence vector out; one thread, nothing of the ranking."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from matching.model import MODEL_FILE, damaged_where_refused
from matching.model_compact import Compact
from matching.sentence_encoder import SentenceEncoder
from matching.text_tokenizer import TextTokenizer, tokenizer_in

PREFIX = "query: "
WINDOW = 512
WORD_MARK = "▁"

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


class UnusableVector(Exception):
    """An encoder returned no finite number; the listing must be kept, unmatched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """`ids` (n), `spans` (n, 2: characters of the text), `states` (n, 384), `sentence` (512)."""

    ids: Ids
    spans: Ids
    states: Floats
    sentence: Floats


class Encoder(Protocol):
    """Turns a text into vectors; deterministic, and refuses what is not finite."""

    def encode(self, text: str) -> Encoding: ...


class PairedEncoder:
    """multilingual-e5-small for the tokens, USE-multilingual v3 for the whole text."""

    def __init__(self, model_directory: Path, compact: Compact | None) -> None:
        tokenizer = tokenizer_in(model_directory, compact)
        self._tokens = TokenEncoder(model_directory / MODEL_FILE, tokenizer)
        self._sentences = SentenceEncoder(compact.folder if compact else None)
        # A second BLAS thread costs more than it brings: the products are small, and on two busy
        # cores the waiting alone took half of the time.
        threadpool_limits(limits=1, user_api="blas")

    def encode(self, text: str) -> Encoding:
        ids, spans, states = self._tokens.encode(text)
        sentence = finite(self._sentences.encode(text))
        return Encoding(ids=ids, spans=spans, states=states, sentence=sentence)

    def rank(self, word: str) -> int | None:
        """Position of a word by frequency, taken from the tokenizer's vocabulary."""
        return self._tokens.rank(word)


class TokenEncoder:
    """The e5 transformer over ONNX Runtime; texts above 512 tokens are read in windows."""

    def __init__(self, model_file: Path, tokenizer: TextTokenizer) -> None:
        self._tokenizer = tokenizer
        self._session = _session(model_file)
        self._inputs = {entry.name for entry in self._session.get_inputs()}

    def encode(self, text: str) -> tuple[Ids, Ids, Floats]:
        """Ids, character spans and last hidden states of the text's own tokens, prefix dropped."""
        read = self._tokenizer.encode(PREFIX + text)
        ids = np.array(read.ids, dtype=np.int64)
        spans = np.array(read.offsets, dtype=np.int64) - len(PREFIX)
        inner = np.flatnonzero(np.array(read.special_tokens_mask) == 0)
        own = inner[spans[inner, 1] > 0]
        prefix = inner[: len(inner) - len(own)]
        frame = (ids[0], ids[-1])
        states = [self._states(frame, ids[prefix], ids[part]) for part in _windows(own, prefix)]
        hidden = np.concatenate(states) if states else np.zeros((0, 0), np.float32)
        return ids[own], np.maximum(spans[own], 0), finite(hidden)

    def whole(self, text: str) -> Floats:
        """States of every token, frame and prefix included, as other runtimes pool them."""
        ids = np.array(self._tokenizer.encode(PREFIX + text).ids, dtype=np.int64)
        return self._run(ids[:WINDOW])

    def rank(self, word: str) -> int | None:
        return self._tokenizer.token_to_id(WORD_MARK + word)

    def _states(self, frame: tuple[np.int64, np.int64], prefix: Ids, own: Ids) -> Floats:
        ids = np.concatenate([[frame[0]], prefix, own, [frame[1]]])
        return self._run(ids)[1 + len(prefix) : -1]

    def _run(self, ids: Ids) -> Floats:
        batch = ids[None]
        given = {
            "input_ids": batch,
            "attention_mask": np.ones_like(batch),
            "token_type_ids": np.zeros_like(batch),
        }
        wanted = {name: value for name, value in given.items() if name in self._inputs}
        hidden: Floats = self._session.run(["last_hidden_state"], wanted)[0][0]
        return hidden


def finite(vector: Floats) -> Floats:
    """Pass a vector on, or refuse it because it holds NaN or infinity."""
    if not np.isfinite(vector).all():
        raise UnusableVector
    return vector


def _windows(own: Ids, prefix: Ids) -> list[Ids]:
    size = WINDOW - 2 - len(prefix)
    return [own[start : start + size] for start in range(0, len(own), size)]


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    providers = ["CPUExecutionProvider"]
    with damaged_where_refused(path):
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
