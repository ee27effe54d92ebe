"""The check of a catalogue writes into one that is there, and makes none where none should be."""

import sys
from pathlib import Path

import pytest

from chassis.web.catalogue_check import main


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that says something and has no catalogue."""
    folder = tmp_path / "wordy"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "words.py").write_text('GREETING = mark("Guten Tag")\n', encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "wordy", raising=False)
    return folder


def test_a_package_without_a_catalogue_is_refused_and_left_as_it_is(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main("wordy")

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("wordy has no catalogue; name the package that has one")
    assert str(package / "locales/en/LC_MESSAGES/messages.po") in said.err
    assert not (package / "locales").exists()


@pytest.mark.parametrize("name", ["nowhere", "nowhere.at.all", ""])
def test_a_package_that_is_not_there_is_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(name)

    assert code == 2
    assert "name a package" in capsys.readouterr().err


def test_an_empty_catalogue_is_filled_with_what_the_package_says(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = package / "locales/en/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()

    code = main("wordy")

    assert code == 1
    assert capsys.readouterr().out == "untranslated: Guten Tag\n"
    assert 'msgid "Guten Tag"' in catalogue.read_text(encoding="utf-8")
