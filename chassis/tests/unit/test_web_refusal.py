"""A refusal says what is wrong, and what to do where it was sent: in a form, in JSON, in a file."""

from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from chassis.web.refusal import (
    CHOICE,
    ENTRY_TOO_LONG,
    NUMBER,
    PATTERN,
    TOO_LONG,
    TOO_MANY,
    YES_OR_NO,
    Refusal,
    refusal_of,
    refuse,
)
from chassis.web.text import PlainLine, Separated

Word = Annotated[PlainLine, Field(max_length=4)]


OWN_WORDS = Refusal(
    detail="So nicht.", remedy="Wählen Sie aus der Liste.", remedy_in_data="Erlaubt ist: {known}."
)


def _refused(_text: str) -> str:
    raise refuse(OWN_WORDS, known="a, b")


class Noted(BaseModel):
    name: PlainLine = Field(default="", max_length=4)
    words: Annotated[tuple[Word, ...], Separated] = Field(default=(), max_length=2)
    plain: tuple[Annotated[str, Field(max_length=4)], ...] = ()
    lists: tuple[Annotated[tuple[str, ...], Field(max_length=1)], ...] = ()
    amount: Decimal | None = None
    code: str = Field(default="", pattern=r"^\d{5}$")
    agreed: bool = False
    colour: Literal["red", "blue"] = "red"
    own: Annotated[str, AfterValidator(_refused)] = ""


def refused(sent: dict[str, object], *, for_programs: bool = False) -> Refusal:
    with pytest.raises(ValidationError) as caught:
        Noted.model_validate(sent)
    (error,) = caught.value.errors()
    return refusal_of(error, for_programs=for_programs)


class TestTooLong:
    @pytest.mark.parametrize(
        ("sent", "known"),
        [
            ({"name": "Kasten"}, TOO_LONG),
            ({"words": ["Kiste", "Rohr"]}, ENTRY_TOO_LONG),
            ({"words": "Rohr, Kiste"}, ENTRY_TOO_LONG),
            ({"plain": ["Kiste"]}, ENTRY_TOO_LONG),
            ({"words": "a, b, c"}, TOO_MANY),
            ({"lists": [["a", "b"]]}, TOO_MANY),
        ],
    )
    def test_a_list_an_entry_and_a_text_have_words_of_their_own(
        self, sent: dict[str, object], known: Refusal
    ) -> None:
        said = refused(sent)

        assert (said.detail, said.remedy) == (known.detail, known.remedy)

    def test_an_entry_says_how_long_it_may_be(self) -> None:
        assert refused({"words": ["Kiste"]}).values["max_length"] == 4

    def test_programs_are_told_the_list_and_people_its_label(self) -> None:
        assert refused({"words": ["Kiste"]}, for_programs=True).values["label"] == "words"
        assert "label" not in refused({"words": ["Kiste"]}).values


class TestInData:
    @pytest.mark.parametrize(
        ("sent", "known"),
        [
            ({"amount": "2,5"}, NUMBER),
            ({"code": "x"}, PATTERN),
            ({"agreed": "vielleicht"}, YES_OR_NO),
            ({"colour": "green"}, CHOICE),
            ({"words": ["Kiste"]}, ENTRY_TOO_LONG),
            ({"own": "x"}, OWN_WORDS),
        ],
    )
    def test_no_remedy_speaks_of_a_form_and_in_a_form_it_does(
        self, sent: dict[str, object], known: Refusal
    ) -> None:
        assert refused(sent).remedy == known.remedy
        assert refused(sent, for_programs=True).remedy == known.remedy_in_data != ""

    def test_the_form_that_is_asked_for_is_said(self) -> None:
        assert refused({"code": "x"}, for_programs=True).values["pattern"] == r"^\d{5}$"

    def test_own_words_keep_their_values(self) -> None:
        assert refused({"own": "x"}, for_programs=True).values == {"known": "a, b"}

    def test_without_a_remedy_for_data_the_usual_one_is_said(self) -> None:
        refusal = Refusal(detail="So nicht.", remedy="Anders.")

        assert refusal.in_data().remedy == "Anders."
