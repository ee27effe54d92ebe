"""German compounds into their parts: the cheapest chain of known words, linked as German links."""

from collections.abc import Callable
from functools import lru_cache
from math import log

from matching.dictionaries import is_known

LINKING = ("", "s", "n", "en", "er", "es", "e")
SHORTEST_PART = 3
SHORTEST_COMPOUND = 8
UNKNOWN_RANK = 500_000
"""Rank of a word that the frequency list lacks."""

UNKNOWN_WHOLE = 60.0
"""Cost of leaving a word whole that is in no list: most such words are compounds."""

KNOWN_WHOLE = 17.0
"""The same for a word the dictionary knows but the frequency list does not."""

PART = 1.0
LINK = 0.5
SHORT_PART = 3.0
"""Further costs of each part, of a linking element, and of a part with three letters."""

STEM_LIST = """
absaug abfüll analyse auftrags back bade beatmungs bedien berat beschicht bestell biege bohr brenn
desinfektions diagnose dicht dosier dreh druck einmal einweg entsorg ess extrusions fahr falt fern
filter füll gieß gefrier groß hals heil heiz herstell imprägnier inhalations intensiv isolier
kalibrier kleb koch kühl lager laser leih liefer lohn luft löt mehrweg mess miet misch näh pack
pflege press prüf reinig rein rühr saug schleif schneid schnell schraub schutz schweiß sicht
spritz spritzgieß steck sterilisations strick tief trag transport trenn trink trocken ultra vakuum
verpack wärm wasch wechsel wert wisch zell
"""
STEMS = frozenset(STEM_LIST.split())

ENDING_LIST = """
schaft heit keit ung bar lich los sam haft tum nis ion ion tion tät ität ieren ier isch chen lein
ern ter ten gen ler ner del der den des dem die das ein eine eins mal bei auf aus ver ent ber und
gel ger ges ing lan len mer nen nge ren ric ser ste sten tel ther tig tige uns ver vor wei wir zur
ell eur eure äre ant enz anz ment ist iker ling rich ige igen iger iges igem ende enden enter
"""
NEVER_A_PART = frozenset(ENDING_LIST.split())

EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "medizintechnik": ("medizin", "technik"),
    "krankenhaus": ("kranken", "haus"),
    "arzneimittel": ("arznei", "mittel"),
    "handschuhe": ("handschuhe",),
    "handschuh": ("handschuh",),
    "schriftsteller": ("schriftsteller",),
    "hersteller": ("hersteller",),
    "herstellung": ("herstellung",),
    "anbieter": ("anbieter",),
    "mitarbeiter": ("mitarbeiter",),
    "lieferanten": ("lieferanten",),
    "lieferant": ("lieferant",),
    "unternehmen": ("unternehmen",),
    "beratung": ("beratung",),
    "einrichtung": ("einrichtung",),
    "einrichtungen": ("einrichtungen",),
}
"""Words that the rule below would split, or leave whole, wrongly."""

COMMON_RANK = 1000
"""Ranks count from here: the list holds a hundred languages, so German starts late."""

Rank = Callable[[str], int | None]
"""Position of a word among all words by frequency; None where it is not listed."""


class CompoundSplitter:
    """Dynamic programme over one word; `rank` tells how common a word is."""

    def __init__(self, rank: Rank) -> None:
        self._rank = rank
        self.split = lru_cache(maxsize=50_000)(self._split)

    def _split(self, word: str) -> tuple[str, ...]:
        """The parts in order, lower case; the word alone if it is no compound."""
        lower = word.lower()
        if lower in EXCEPTIONS:
            return EXCEPTIONS[lower]
        if len(lower) < SHORTEST_COMPOUND or not lower.isalpha():
            return (lower,)
        cost, parts = self._cheapest(lower)
        return parts if parts and cost < self._whole_cost(lower) else (lower,)

    def parts(self, word: str) -> tuple[str, ...]:
        """All parts on all levels: Atemschutzmasken gives atem, schutzmasken, schutz, masken."""
        found = self.split(word)
        if len(found) == 1:
            return ()
        return tuple(dict.fromkeys(inner for part in found for inner in (part, *self.parts(part))))

    def _whole_cost(self, word: str) -> float:
        rank = self._rank_of(word)
        if rank is not None:
            return PART + log(max(rank, COMMON_RANK) / COMMON_RANK)
        return KNOWN_WHOLE if _in_dictionary(word) else UNKNOWN_WHOLE

    def _cheapest(self, word: str) -> tuple[float, tuple[str, ...]]:
        """Cheapest chain of two or more parts that covers the word."""
        best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
        for end in range(SHORTEST_PART, len(word) + 1):
            stops = _stops(word, end)
            chains = [
                (cost + step, (*parts, word[start:stop]))
                for start, (cost, parts) in best.items()
                for stop, link in stops
                if (parts or end < len(word)) and stop - start >= SHORTEST_PART
                for step in self._step(word[start:stop], link, last=end == len(word))
            ]
            if chains:
                best[end] = min(chains)
        return best.get(len(word), (float("inf"), ()))

    def _step(self, part: str, link: float, *, last: bool) -> tuple[float, ...]:
        """What it costs to go on by a part; nothing stands for one that is none."""
        cost = self._part_cost(part, last=last)
        return () if cost is None else (cost + link,)

    def _part_cost(self, part: str, *, last: bool) -> float | None:
        stem = not last and part in STEMS
        if part in NEVER_A_PART or not (stem or _in_dictionary(part)):
            return None
        rank = self._rank_of(part)
        if rank is None and len(part) == SHORTEST_PART and not stem:
            return None
        common = log(max(rank or UNKNOWN_RANK, COMMON_RANK) / COMMON_RANK) * (0.5 if stem else 1.0)
        return PART + common + (SHORT_PART if len(part) == SHORTEST_PART else 0.0)

    def _rank_of(self, word: str) -> int | None:
        ranks = [self._rank(form) for form in (word, word.capitalize())]
        return min((rank for rank in ranks if rank is not None), default=None)


def _stops(word: str, end: int) -> list[tuple[int, float]]:
    """Where a part may stop so that a linking element reaches `end`, and what the link costs."""
    links = LINKING if end < len(word) else ("",)
    return [
        (end - len(link), LINK if link else 0.0) for link in links if word.endswith(link, 0, end)
    ]


@lru_cache(maxsize=100_000)
def _in_dictionary(word: str) -> bool:
    return is_known(word, "de") or is_known(word.capitalize(), "de")
