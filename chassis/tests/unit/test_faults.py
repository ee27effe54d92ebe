"""What is stored of a failure: enough to find the fault, nothing that somebody wrote."""

from collections.abc import Callable
from typing import Any

import pytest
from asyncpg import DataError, InvalidTextRepresentationError
from pydantic import TypeAdapter, ValidationError

from chassis.faults import fault_of

NOTHING: Any = {}


def raising(error: Exception) -> Callable[[], object]:
    def fail() -> object:
        raise error

    return fail


@pytest.mark.parametrize(
    ("fail", "error_class", "words"),
    [
        (lambda: NOTHING["Erika"], KeyError, "…"),
        (lambda: int("Erika"), ValueError, "invalid literal for int() with base 10: …"),
        (lambda: TypeAdapter(int).validate_json('"Erika"'), ValidationError, "value: int_parsing"),
        (lambda: NOTHING.title, AttributeError, "'dict' object has no attribute 'title'"),
        (
            raising(InvalidTextRepresentationError('invalid input syntax for uuid: "Eri"ka"')),
            InvalidTextRepresentationError,
            "invalid input syntax for uuid",
        ),
        (
            raising(DataError("invalid input for query argument $1: {'Erika': 1}")),
            DataError,
            "invalid input for query argument $1",
        ),
        (raising(ValueError("several lines\nErika")), ValueError, "several lines"),
    ],
)
def test_a_fault_names_class_and_place_and_quotes_no_value(
    fail: Callable[[], object], error_class: type[Exception], words: str
) -> None:
    with pytest.raises(error_class) as caught:
        fail()

    head, _, said = fault_of(caught.value).partition(": ")
    assert head.startswith(f"{error_class.__name__} at ")
    assert said == words
