"""Whether a word is German or English, and its lemma: the same answers from whatever files.

The library simplemma answers, from the tries of the model directory's compact part once they are
loaded; before that from its own packed dictionaries, which takes ten times longer a word.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from marisa_trie import BytesTrie
from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy, DictionaryLookupStrategy
from simplemma.strategies.dictionaries import StreamDictionaryFactory

WHEEL = "simplemma"
LANGUAGES = ("de", "en")


class TrieDictionary(Mapping[str, str]):
    """Lemmas by word, from a mapped file."""

    def __init__(self, path: Path) -> None:
        self._trie = BytesTrie()
        self._trie.mmap(str(path))

    def __getitem__(self, word: str) -> str:
        lemmas = self._trie.get(word)
        if not lemmas:
            raise KeyError(word)
        return str(lemmas[0].decode())

    def __iter__(self) -> Iterator[str]:
        return iter(self._trie.iterkeys())

    def __len__(self) -> int:
        return len(self._trie)


class _Dictionaries:
    """What simplemma's strategies look words up in, by language."""

    def __init__(self) -> None:
        self._packed = StreamDictionaryFactory()
        self._tries: dict[str, Mapping[str, str]] = {}

    def map(self, folder: Path) -> None:
        self._tries = {name: TrieDictionary(trie_file(folder, name)) for name in LANGUAGES}

    def get_dictionary(self, lang: str) -> Mapping[str, str]:
        if lang in self._tries:
            return self._tries[lang]
        packed: Mapping[str, str] = self._packed.get_dictionary(lang)
        return packed


_DICTIONARIES = _Dictionaries()
_LOOKUP = DictionaryLookupStrategy(_DICTIONARIES)
_LEMMATIZER = Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=_DICTIONARIES))


def trie_file(folder: Path, language: str) -> Path:
    return folder / f"{language}.words"


def load_dictionaries(folder: Path | None = None) -> None:
    """Open them now: the first question would otherwise wait for them, inside a transaction."""
    if folder is not None:
        _DICTIONARIES.map(folder)
    for language in LANGUAGES:
        is_known("wort", language)


def is_known(word: str, language: str) -> bool:
    return _LOOKUP.get_lemma(unicodedata.normalize("NFC", word), language) is not None


def lemma_of(word: str, language: str) -> str:
    return str(_LEMMATIZER.lemmatize(word, language))
