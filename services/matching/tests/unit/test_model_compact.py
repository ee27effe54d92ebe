"""The compact part is used when it fits the model beside it, and refused when it does not."""

import hashlib
from pathlib import Path

import pytest

from matching.model import MANIFEST_FILE, MODEL_FILE, TOKENIZER_FILE, DamagedModel, manifest_of
from matching.model_compact import (
    COMPACT_FOLDER,
    Compact,
    CompactManifest,
    checked_compact,
    made_of,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An operator's export with a compact part, of files that nobody opens."""
    for name in (MODEL_FILE, TOKENIZER_FILE):
        (tmp_path / name).write_bytes(name.encode())
    manifest = CompactManifest(
        made_of=made_of(manifest_of(tmp_path)),
        pieces=None,
        sha256={"de.words": hashlib.sha256(b"words").hexdigest()},
    )
    folder = tmp_path / COMPACT_FOLDER
    folder.mkdir()
    (folder / "de.words").write_bytes(b"words")
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json())
    return tmp_path


def compact_in(directory: Path) -> Compact | None:
    return checked_compact(directory, manifest_of(directory))


def test_a_whole_part_is_used(directory: Path) -> None:
    compact = compact_in(directory)

    assert compact is not None
    assert compact.folder == directory / COMPACT_FOLDER


def test_a_directory_may_lack_the_part(directory: Path) -> None:
    (directory / COMPACT_FOLDER / MANIFEST_FILE).unlink()

    assert compact_in(directory) is None


@pytest.mark.parametrize("content", [None, b"", b"other"])
def test_a_missing_or_changed_file_is_damage(content: bytes | None, directory: Path) -> None:
    path = directory / COMPACT_FOLDER / "de.words"
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DamagedModel, match=r"de\.words is not the file its manifest names"):
        compact_in(directory)


def test_a_manifest_that_is_none_is_damage(directory: Path) -> None:
    (directory / COMPACT_FOLDER / MANIFEST_FILE).write_text("{}")

    with pytest.raises(DamagedModel, match="is not a manifest"):
        compact_in(directory)


def test_another_tokenizer_asks_for_another_part(directory: Path) -> None:
    (directory / TOKENIZER_FILE).write_bytes(b"other")

    with pytest.raises(DamagedModel, match=r"was made of another tokenizer\.json"):
        compact_in(directory)
