"""A text as ids of the vocabulary, each with its characters; from the compact part where it is."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

from tokenizers import Encoding, PreTokenizedString, Token, Tokenizer

from matching.model import TOKENIZER_FILE, damaged_where_refused
from matching.model_compact import FRAME_FILE, Compact
from matching.pieces import PieceFacts, Pieces

WORDS_KEPT = 10_000


class TextTokenizer(Protocol):
    """What the encoder asks; the library's own tokenizer answers it too."""

    def encode(self, sequence: str, /) -> Encoding: ...

    def token_to_id(self, token: str, /) -> int | None: ...


class PieceTokenizer:
    """The library normalises, splits and frames; pieces come from mapped files.

    The library's own model of the same vocabulary takes 280 MB and two seconds.
    """

    def __init__(self, folder: Path, facts: PieceFacts) -> None:
        frame = Tokenizer.from_file(str(folder / FRAME_FILE))
        self._normalizer = frame.normalizer
        self._splitter = frame.pre_tokenizer
        self._framing = frame.post_processor
        self._pieces = Pieces(folder, facts)
        self._kept = lru_cache(maxsize=WORDS_KEPT)(self._tokens)

    def encode(self, sequence: str, /) -> Encoding:
        read = PreTokenizedString(sequence)
        read.normalize(self._normalizer.normalize)
        self._splitter.pre_tokenize(read)
        read.tokenize(self._kept)
        framed: Encoding = self._framing.process(read.to_encoding())
        return framed

    def token_to_id(self, token: str, /) -> int | None:
        return self._pieces.id_of(token)

    def _tokens(self, word: str) -> list[Token]:
        """Their places count bytes of the word, as the library's alignment does."""
        tokens, place = [], 0
        for piece in self._pieces.of(word):
            text = word[piece.start : piece.end]
            end = place + len(text.encode())
            tokens.append(Token(piece.id, text, (place, end)))
            place = end
        return tokens


def tokenizer_in(directory: Path, compact: Compact | None) -> TextTokenizer:
    """Compact where it was made; an export that it cannot hold is read by the library itself."""
    if compact is not None and compact.manifest.pieces is not None:
        return PieceTokenizer(compact.folder, compact.manifest.pieces)
    return library_tokenizer(directory / TOKENIZER_FILE)


def library_tokenizer(path: Path) -> Tokenizer:
    with damaged_where_refused(path):
        tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
