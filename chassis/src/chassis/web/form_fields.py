"""Between a form's texts and a model's fields: what a field allows, how it is read and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from chassis.web.language import Language
from chassis.web.numbers import clear
from chassis.web.presentation import LOCALES

YES = frozenset({"on", "true", "1", "yes"})
SEQUENCES = (list, tuple, set, frozenset)
NUMBERS = (int, float, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What a field's model says that a browser can help to keep."""

    required: bool
    min_length: int | None = None
    max_length: int | None = None
    minimum: object = None
    maximum: object = None


def constraints_of(info: FieldInfo) -> Constraints:
    found = list(_metadata(info))
    is_sequence = _kind(info.annotation) in SEQUENCES
    return Constraints(
        required=info.is_required(),
        min_length=None if is_sequence else _first(found, MinLen, "min_length"),
        max_length=None if is_sequence else _first(found, MaxLen, "max_length"),
        minimum=_first(found, Ge, "ge") or _first(found, Gt, "gt"),
        maximum=_first(found, Le, "le") or _first(found, Lt, "lt"),
    )


def prepared(
    model: type[BaseModel], typed: Mapping[str, tuple[str, ...]], language: Language
) -> dict[str, object]:
    """The typed texts as input for the model; an empty text counts as not given."""
    values: dict[str, object] = {}
    for name, info in model.model_fields.items():
        texts = [text for text in typed.get(name, ()) if text]
        kind = _kind(info.annotation)
        if kind is bool:
            values[name] = any(text.lower() in YES for text in texts)
        elif kind in SEQUENCES:
            values[name] = texts
        elif texts:
            values[name] = _number(texts[0], language) if kind in NUMBERS else texts[0]
    return values


def shown(value: object, language: Language) -> tuple[str, ...]:
    """A model's value as the texts of its form field."""
    if value is None or value is False:
        return ()
    if isinstance(value, SEQUENCES):
        return tuple(text for item in value for text in shown(item, language))
    return (_shown_single(value, language),)


def _shown_single(value: object, language: Language) -> str:
    if value is True:
        return "true"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, NUMBERS):
        return clear(format_decimal(value, "0.##########", locale=LOCALES[language]))
    return str(value)


def _number(text: str, language: Language) -> str:
    """A number as that language writes it, in Python's spelling; other texts stay as they are."""
    try:
        return str(parse_decimal(text, locale=LOCALES[language], strict=True))
    except NumberFormatError:
        return text


def _kind(annotation: Any) -> Any:
    """The plain type behind `Annotated[X, …]`, `X | None` and `tuple[X, ...]`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _kind(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _kind(next(part for part in get_args(annotation) if part is not NoneType))
    return origin or annotation


def _metadata(info: FieldInfo) -> Sequence[object]:
    inner = [
        item
        for part in get_args(info.annotation)
        if get_origin(part) is Annotated
        for item in part.__metadata__
    ]
    return [*info.metadata, *_unpacked(inner)]


def _unpacked(items: Sequence[object]) -> list[object]:
    return [
        part
        for item in items
        for part in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]


def _first(found: Sequence[object], kind: type, name: str) -> Any:
    return next((getattr(item, name) for item in found if isinstance(item, kind)), None)
