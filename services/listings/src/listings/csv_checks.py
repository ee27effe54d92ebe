"""What is looked at in a line of a CSV file: its columns, its values, and that none is repeated."""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from chassis.web.refusal import CONTROL_CHARACTER, Refusal, refusal_of
from chassis.web.text import has_control_characters
from listings.csv_faults import (
    DUPLICATE,
    FORM,
    MISSING_COLUMN,
    REPEATED_COLUMN,
    UNKNOWN_COLUMN,
    Fault,
    fault,
)

WRONG_FORM = "string_pattern_mismatch"


class Distinct:
    """Remembers the values of the columns in which each occurs once."""

    def __init__(self, model: type[BaseModel], columns: Sequence[str]) -> None:
        fields = model.model_fields
        self._types: dict[str, TypeAdapter[object]] = {
            column: TypeAdapter(fields[column].rebuild_annotation()) for column in columns
        }
        self._first_lines: dict[str, dict[str, int]] = {column: {} for column in columns}

    def faults_of(self, line: int, given: Mapping[str, str]) -> Iterator[Fault]:
        for column, first_lines in self._first_lines.items():
            if column not in given:
                continue
            first = first_lines.setdefault(self._value(column, given[column]), line)
            if first != line:
                yield fault(line, column, DUPLICATE, first=first)

    def _value(self, column: str, text: str) -> str:
        """What is kept of a text: `Max <max@a.example>` is the same address as `max@a.example`."""
        try:
            return str(self._types[column].validate_python(text)).lower()
        except ValidationError:
            return text.lower()


def unprintable_in(line: int, given: Mapping[str, str]) -> Iterator[Fault]:
    for name, text in given.items():
        if has_control_characters(text):
            yield fault(line, name, CONTROL_CHARACTER)


def faults_of_values(line: int, model: type[BaseModel], error: ValidationError) -> Iterator[Fault]:
    for details in error.errors():
        column = str(details["loc"][0]) if details["loc"] else None
        yield Fault(line=line, column=column, refusal=_refusal(model, column, details))


def _refusal(model: type[BaseModel], column: str | None, details: ErrorDetails) -> Refusal:
    """In a file there is no field beside which an example stands, so the sentence has it."""
    examples = model.model_fields[column].examples if column in model.model_fields else None
    if details["type"] != WRONG_FORM or not examples:
        return refusal_of(details, for_programs=True)
    values = {"examples": ", ".join(map(str, examples))}
    return Refusal(detail=FORM.detail, remedy=FORM.remedy, values=values)


def faults_of_header(header: Sequence[str], model: type[BaseModel]) -> Iterator[Fault]:
    fields = model.model_fields
    required = [name for name, info in fields.items() if info.is_required()]
    for name in required:
        if name not in header:
            yield fault(1, name, MISSING_COLUMN, required=", ".join(required))
    for name in dict.fromkeys(header):
        if name not in fields:
            yield fault(1, name, UNKNOWN_COLUMN, known=", ".join(fields))
        elif header.count(name) > 1:
            yield fault(1, name, REPEATED_COLUMN)
