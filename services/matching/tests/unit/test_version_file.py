"""An analysis version on disk: what is read is what was written, or nothing."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from full_disk import full_disk
from matching_builders import THEMES, a_listing, a_reading

from matching.analysis_version import AnalysisVersion, fitted_version
from matching.version_file import (
    UnreadableVersion,
    keep_version,
    load_version,
    packed,
    save_version,
    unpacked,
    version_path,
)
from schemas.vocabulary import Language, ListingKind


@pytest.fixture(scope="module")
def version() -> AnalysisVersion:
    """Every theme offered and requested in both languages, but nothing offered in English."""
    readings = [
        a_reading(a_listing(kind, f"{theme} {kind} {language}", language=language))
        for kind in ListingKind
        for language in Language
        for theme in THEMES
        if (kind, language) != (ListingKind.OFFER, Language.ENGLISH)
    ]
    return fitted_version(readings, samples=readings, number="v1")


def without_languages(content: bytes) -> bytes:
    """As a release wrote it that knew centres of sides only."""
    with np.load(BytesIO(content)) as stored:
        arrays = {name: array for name, array in stored.items() if name[-3:] not in ("_de", "_en")}
    rest = json.loads(arrays["rest"].tobytes())
    del rest["languages"]
    arrays["rest"] = np.frombuffer(json.dumps(rest).encode(), np.uint8)
    older = BytesIO()
    np.savez(older, allow_pickle=False, **arrays)
    return older.getvalue()


@pytest.mark.parametrize("kind", ListingKind)
@pytest.mark.parametrize("language", Language)
def test_a_listing_is_analysed_alike_after_a_round_trip(
    kind: ListingKind, language: Language, version: AnalysisVersion
) -> None:
    reading = a_reading(a_listing(kind, "masken und pumpen", language=language))

    again = unpacked(packed(version), version.number)

    ours, theirs = version.analysed(reading), again.analysed(reading)
    assert ours.tokens.tobytes() == theirs.tokens.tobytes()
    assert ours.vector.tobytes() == theirs.vector.tobytes()
    assert ours.spreads == theirs.spreads


def test_centres_of_languages_outlive_the_file(version: AnalysisVersion, tmp_path: Path) -> None:
    save_version(version, tmp_path)

    again = load_version(tmp_path, version.number)

    assert again is not None
    assert set(again.background.sides[ListingKind.OFFER].token_by_language) == {Language.GERMAN}
    for kind, side in version.background.sides.items():
        for language in Language:
            stored = again.background.sides[kind].token_centre(language)
            assert np.array_equal(stored, side.token_centre(language))


def test_an_older_file_is_unreadable_and_fitted_anew(
    version: AnalysisVersion, tmp_path: Path
) -> None:
    older = without_languages(packed(version))
    version_path(tmp_path, version.number).write_bytes(older)

    assert load_version(tmp_path, version.number) is None
    with pytest.raises(UnreadableVersion):
        unpacked(older, version.number)


def test_a_version_that_cannot_be_kept_is_used_all_the_same(
    version: AnalysisVersion, tmp_path: Path
) -> None:
    with full_disk() as logged:
        keep_version(version, tmp_path)
        keep_version(version, tmp_path / "no" / "folder")

    assert [entry["event"] for entry in logged] == ["version_not_kept"] * 2
    assert str(tmp_path) in logged[0]["remedy"]
    assert list(tmp_path.iterdir()) == []
