"""The splitter on words it was not tuned on; frequencies come from the model's vocabulary."""

import pytest
from tokenizers import Tokenizer

from matching.compounds import CompoundSplitter
from matching.model import TOKENIZER_FILE, default_directory

COMPOUNDS = {
    "Laborglasgeräte": "labor glas geräte",
    "Wundverbände": "wund verbände",
    "Kunststoffgehäuse": "kunststoff gehäuse",
    "Blutdruckmessgerät": "blutdruck gerät",
    "Edelstahlbehälter": "edelstahl behälter",
    "Lagerfläche": "lager fläche",
    "Schulungsräume": "schulung räume",
    "Pflegekräfte": "pflege kräfte",
    "Arztpraxis": "arzt praxis",
    "Probenröhrchen": "proben röhrchen",
    "Fördermittelberatung": "fördermittel beratung",
    "Transportwagen": "transport wagen",
    "Fieberthermometer": "fieber thermometer",
    "Gesichtsvisiere": "gesicht visiere",
    "Kältekammer": "kälte kammer",
    "Küchenpersonal": "küchen personal",
    "Rettungswagen": "rettung wagen",
    "Zahnersatz": "zahn ersatz",
    "Filterwechsel": "filter wechsel",
    "Hautpflege": "haut pflege",
    "Krankenbett": "kranken bett",
    "Messtechnik": "mess technik",
    "Notstromaggregat": "notstrom aggregat",
    "Seniorenheim": "senioren heim",
}
SIMPLE_WORDS = """
Therapeutin Verantwortung Oberfläche Erfahrung Nachhaltigkeit Bestätigung Ausschreibung
Genehmigung Verfügbarkeit Wirksamkeit Vertretung Zusammenarbeit Allergene Katheter Implantate
Sterilisator Kontingente Manufaktur Apotheker Chirurgie Diagnostik Antrag Betreuung Versorgung
Ernährung Regenerierung Bewegung Gestaltung Wartungen Spezialist
"""
SIMPLE = SIMPLE_WORDS.split()
FOUND_AT_LEAST = 0.8
SPLIT_WRONGLY_AT_MOST = 0.1


@pytest.fixture(scope="module")
def splitter() -> CompoundSplitter:
    tokenizer = Tokenizer.from_file(str(default_directory() / TOKENIZER_FILE))
    return CompoundSplitter(lambda word: tokenizer.token_to_id("▁" + word))


@pytest.mark.model
def test_most_parts_of_compounds_are_found(splitter: CompoundSplitter) -> None:
    wanted = [(word, part) for word, parts in COMPOUNDS.items() for part in parts.split()]

    found = [pair for pair in wanted if any(_is(part, pair[1]) for part in splitter.parts(pair[0]))]

    assert len(found) / len(wanted) >= FOUND_AT_LEAST, sorted(set(wanted) - set(found))


@pytest.mark.model
def test_few_simple_words_are_split(splitter: CompoundSplitter) -> None:
    split = [word for word in SIMPLE if splitter.parts(word)]

    assert len(split) / len(SIMPLE) <= SPLIT_WRONGLY_AT_MOST, split


def test_exceptions_come_before_the_rule() -> None:
    assert CompoundSplitter(lambda _: 1000).split("Krankenhaus") == ("kranken", "haus")
    assert CompoundSplitter(lambda _: 1000).parts("Hersteller") == ()


@pytest.mark.parametrize("word", ["", "ab", "Haus", "50.000", "😀😀😀😀😀😀😀😀😀", "x" * 200])
def test_what_is_no_compound_stays_whole(word: str) -> None:
    assert CompoundSplitter(lambda _: None).parts(word) == ()


def _is(part: str, wanted: str) -> bool:
    return part == wanted or part.removesuffix("s") == wanted or part == wanted.removesuffix("n")
