"""Text that people send: what only looks like HTML is taken, what turns a page is left out."""

import time
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from chassis.web.text import PlainLine, PlainProse

line: TypeAdapter[str] = TypeAdapter(PlainLine)


class Named(BaseModel):
    name: PlainLine = Field(min_length=2, max_length=3)
    text: PlainProse = Field(min_length=2, max_length=3)
    words: tuple[Annotated[PlainLine, Field(min_length=2)], ...] = ()


prose: TypeAdapter[str] = TypeAdapter(PlainProse)


@pytest.mark.parametrize(
    "text",
    [
        "Leistungen: F&E; Prüfung",
        "A & B; C",
        "5 < 7 > 3",
        "a <= b",
        "<minus 20 Grad, Reinheit >99 %",
        "Temperatur <minus 20 °C, pH=7, Dichte >1,2",
        "x<y>z",
        "Feinheit <a und >b",
        "Höhe <h1, Breite >h2",
        "Lagerung < p > 3 bar",
        "Antwort an <Vorname Nachname>",
        "<kim@example.org>",
        "Wandstärke <\n5 mm, Länge >\n1 m",
    ],
)
def test_what_only_looks_like_html_is_taken(text: str) -> None:
    assert prose.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<b>fett",
        "fett</b>",
        "<BR/>",
        "<p class=x>",
        "<a\nhref='/x'>",
        "<img/src=x onerror=y>",
        "<script async>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<table border>",
        "<x-y onclick=z>",
        "<unbekannt onmouseover = z>",
        "<!DOCTYPE html>",
        "ein&nbsp;Kasten",
        "1 &#8364;",
        "&#x20AC;",
        "<!-- -->",
    ],
)
def test_html_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        prose.validate_python(text)


@pytest.mark.parametrize("text", ["<a ", "<a =", "<x /on", "<x on", "<table ", "=", " ", "\n", "a"])
def test_no_text_takes_long_to_read(text: str) -> None:
    began = time.process_time()

    prose.validate_python("<a on" + text * (60_000 // len(text)))

    assert time.process_time() - began < 1


@pytest.mark.parametrize("mark", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_a_copied_direction_is_left_out(mark: str) -> None:
    assert line.validate_python(f"{mark}Kasten {mark}rot{mark} ") == "Kasten rot"
    assert prose.validate_python(f"Zeile 1\n{mark}Zeile 2") == "Zeile 1\nZeile 2"


@pytest.mark.parametrize("unseen", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_what_nobody_sees_parts_no_word(unseen: str) -> None:
    assert line.validate_python(f"{unseen}Dosier{unseen}pumpe") == "Dosierpumpe"
    assert prose.validate_python(f"Dosier{unseen}pumpe\n{unseen}B") == "Dosierpumpe\nB"


def test_letters_that_came_in_parts_are_put_together() -> None:
    assert line.validate_python("Pru\u0308fgera\u0308t") == "Prüfgerät"
    assert prose.validate_python("Pru\u0308fgera\u0308t") == "Prüfgerät"


@pytest.mark.parametrize("text", ["     ", "\u200b" * 5, "  a  ", "\u2066\u2066\u2069 a"])
def test_the_least_length_is_that_of_what_is_kept(text: str) -> None:
    for wrong in ({"name": text}, {"text": text}, {"words": [text]}):
        with pytest.raises(ValidationError):
            Named.model_validate({"name": "ab", "text": "ab", **wrong})


def test_the_most_length_is_that_of_what_is_kept() -> None:
    assert Named.model_validate({"name": " u\u0308u\u0308u\u0308 ", "text": "ab  "}).name == "üüü"


@pytest.mark.parametrize("value", [7, None, ["ab"]])
def test_what_is_no_text_is_refused_as_such(value: object) -> None:
    with pytest.raises(ValidationError, match="string_type"):
        Named.model_validate({"name": value, "text": "ab"})


def test_text_from_right_to_left_stays_with_its_marks() -> None:
    text = "שלום \u200f(עולם)\u200e 123"

    assert line.validate_python(text) == text
