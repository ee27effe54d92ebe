"""What an industry code (WZ 2008) is called; a code without a name of its own has its group's."""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from schemas.vocabulary import Language

_MANY = 8
_FILE = files("matching.unmet") / "industries.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """The words of the classification, shortened to what people call it."""

    german: str
    english: str

    def name_in(self, language: Language) -> str:
        return self.english if language is Language.ENGLISH else self.german


def industry_of(code: str | None) -> Industry | None:
    """The name of the code, else of the nearest group above it."""
    known, sought = _industries(), code or ""
    while sought and sought not in known:
        sought = sought[:-1].rstrip(".")
    return known.get(sought)


@cache
def common_words(language: Language) -> frozenset[str]:
    """Words of so many industries' names that they tell nothing about one of them."""
    counts = Counter(
        word
        for industry in _industries().values()
        for word in set(industry.name_in(language).casefold().split())
    )
    return frozenset(word for word, count in counts.items() if count >= _MANY)


@cache
def _industries() -> dict[str, Industry]:
    with _FILE.open(encoding="utf-8") as lines:
        return {
            row["code"]: Industry(german=row["german"], english=row["english"])
            for row in csv.DictReader(lines, delimiter=";")
        }
