"""Released schemas and their one rule: an event may gain optional fields, and nothing else."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.event import Event
from schemas.events import EVENTS

Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one."""

COMMAND = "python -m schemas release"
RELEASED = Path(__file__).parents[2] / "released"
_PROSE = frozenset({"title", "description", "examples"})
_FIELDS = frozenset({"properties", "required", "$defs"})


def released_path(event_class: type[Event], folder: Path = RELEASED) -> Path:
    return folder / f"{event_class.type()}.json"


def released_schema(event_class: type[Event], folder: Path = RELEASED) -> dict[str, Any]:
    path = released_path(event_class, folder)
    if not path.exists():
        raise LookupError(f"{path.name} is not released. Run: {COMMAND}")
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def release(folder: Path = RELEASED) -> tuple[str, ...]:
    """Write the schemas that are new or gained a field; returns every refusal instead."""
    refusals = tuple(_refusals(folder))
    if not refusals:
        folder.mkdir(exist_ok=True)
        for event_class in EVENTS:
            text = json.dumps(released_form(event_class), indent=2, ensure_ascii=False)
            released_path(event_class, folder).write_text(text + "\n", encoding="utf-8")
    return refusals


def released_form(event_class: type[Event]) -> dict[str, Any]:
    """What a reader accepts: unlike in the written form, a field with a default is optional."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{event_class.type()}.json",
        **event_class.model_json_schema(mode="validation"),
    }


def _refusals(folder: Path) -> Iterator[str]:
    for event_class in EVENTS:
        if released_path(event_class, folder).exists():
            released = released_schema(event_class, folder)
            for fault in incompatibilities(released, released_form(event_class)):
                yield f"{event_class.type()}: {fault}"


def incompatibilities(released: Schema, current: Schema) -> tuple[str, ...]:
    """Every change but a new optional field, each as a sentence; empty if there is none."""
    return tuple(_object_faults(released, current, roots=(released, current), path="event"))


Roots = tuple[Schema, Schema]


def _object_faults(old: Schema, new: Schema, *, roots: Roots, path: str) -> Iterator[str]:
    old, new = _resolved(old, roots[0]), _resolved(new, roots[1])
    yield from _rule_faults(old, new, roots=roots, path=path)
    yield from _requirement_faults(old, new, path)
    old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
    for name in old_fields:
        if name not in new_fields:
            yield f"{path}.{name} was removed"
        else:
            field = f"{path}.{name}"
            yield from _object_faults(old_fields[name], new_fields[name], roots=roots, path=field)


def _requirement_faults(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(after - before):
        yield f"{path}.{name} became required"
    for name in sorted((before - after) & set(new.get("properties", {}))):
        yield f"{path}.{name} became optional"


def _rule_faults(old: Schema, new: Schema, *, roots: Roots, path: str) -> Iterator[str]:
    """Types, bounds, patterns, enums and alternatives must stay as they are, either way."""
    for rule in sorted((set(old) | set(new)) - _PROSE - _FIELDS - {"$id", "$schema"}):
        before, after = old.get(rule), new.get(rule)
        if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
            pairs = zip(before, after, strict=True)
            yield from _part_faults(pairs, roots=roots, path=path, rule=rule)
        elif isinstance(before, dict) and isinstance(after, dict) and rule == "items":
            yield from _object_faults(before, after, roots=roots, path=f"{path}[]")
        elif before != after:
            yield f"{path}: {rule} changed from {before!r} to {after!r}"


def _part_faults(
    pairs: Iterator[tuple[Any, Any]], *, roots: Roots, path: str, rule: str
) -> Iterator[str]:
    for before, after in pairs:
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _object_faults(before, after, roots=roots, path=path)
        elif before != after:
            yield f"{path}: {rule} changed from {before!r} to {after!r}"


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema itself with a reference into ``$defs`` followed."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target: Schema = root["$defs"][reference.removeprefix("#/$defs/")]
    beside = {rule: value for rule, value in schema.items() if rule != "$ref"}
    return {**target, **beside}
