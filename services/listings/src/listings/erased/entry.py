"""A line of the erasure list, in its table and in its file."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
)

Noun = Literal["member", "organisation"]
COLUMNS = ("noun", "id", "erased_at", "traces")


class UnreadableList(Exception):
    """The file is no erasure list; `line` says where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _from_hex(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(bytes.fromhex(text) for text in value.split("|") if text)


def _to_hex(traces: tuple[bytes, ...]) -> str:
    return "|".join(trace.hex() for trace in traces)


class Entry(BaseModel):
    """Who was erased when; `traces` are hashes of what they were called."""

    model_config = ConfigDict(frozen=True)

    noun: Noun
    id: UUID
    erased_at: AwareDatetime
    traces: Annotated[tuple[bytes, ...], BeforeValidator(_from_hex), PlainSerializer(_to_hex)]


def as_file(entries: Iterable[Entry]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        values = entry.model_dump(mode="json")
        writer.writerow(values[column] for column in COLUMNS)
    return text.getvalue()


def in_file(text: str) -> tuple[Entry, ...]:
    """The lines of a list; raises `UnreadableList` at the first that is none."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise UnreadableList(1)
    return tuple(_entry(row, line) for line, row in enumerate(reader, start=2))


def _entry(row: dict[str, Any], line: int) -> Entry:
    try:
        return Entry.model_validate(row)
    except ValidationError:
        raise UnreadableList(line) from None
