"""Text that people send: what only looks like HTML is taken, what turns a page is left out."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.web.text import PlainLine, PlainProse

line: TypeAdapter[str] = TypeAdapter(PlainLine)
prose: TypeAdapter[str] = TypeAdapter(PlainProse)


@pytest.mark.parametrize("text", ["Leistungen: F&E; Prüfung", "A & B; C", "5 < 7 > 3", "a <= b"])
def test_what_only_looks_like_html_is_taken(text: str) -> None:
    assert prose.validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["<b>fett", "ein&nbsp;Kasten", "1 &#8364;", "&#x20AC;", "<!-- -->"]
)
def test_html_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        prose.validate_python(text)


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_copied_direction_is_left_out(mark: str) -> None:
    assert line.validate_python(f"{mark}Kasten {mark}rot{mark} ") == "Kasten rot"
    assert prose.validate_python(f"Zeile 1\n{mark}Zeile 2") == "Zeile 1\nZeile 2"


def test_text_from_right_to_left_stays_with_its_marks() -> None:
    text = "שלום \u200f(עולם)\u200e 123"

    assert line.validate_python(text) == text
