"""Stems of words by Snowball's rules, in lower case."""

from functools import lru_cache
from threading import Lock

from Stemmer import Stemmer

from schemas.vocabulary import Language

_STEMMERS = {Language.GERMAN: Stemmer("german"), Language.ENGLISH: Stemmer("english")}
# A stemmer works on one word at a time, whichever thread asks.
_stemming = Lock()


@lru_cache(maxsize=100_000)
def stem(word: str, language: Language = Language.GERMAN) -> str:
    with _stemming:
        return str(_STEMMERS[language].stemWord(word.casefold()))
