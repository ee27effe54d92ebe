"""Every event against its released schema, and the comparison against changes that break."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.event import Event
from schemas.events import EVENTS
from schemas.releases import (
    incompatibilities,
    release,
    released_form,
    released_path,
    released_schema,
)

SAMPLES = Path(__file__).parents[1] / "samples"
every_event = pytest.mark.parametrize("event_class", EVENTS, ids=lambda event: event.type())

RELEASED: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 120},
        "kind": {"$ref": "#/$defs/Kind"},
        "place": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}], "default": None},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["title", "kind"],
    "$defs": {
        "Kind": {"type": "string", "enum": ["offer", "request"]},
        "Place": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    schema = copy.deepcopy(RELEASED)
    change(schema)
    return schema


def renamed(schema: dict[str, Any]) -> None:
    schema["properties"]["headline"] = schema["properties"].pop("title")
    schema["required"] = ["headline", "kind"]


BREAKING: dict[str, Callable[[dict[str, Any]], object]] = {
    "removed field": lambda s: s["properties"].pop("tags"),
    "new required field": lambda s: (
        s["properties"].update(unit={"type": "string"}),
        s["required"].append("unit"),
    ),
    "renamed field": renamed,
    "field became required": lambda s: s["required"].append("tags"),
    "field became optional": lambda s: s["required"].remove("title"),
    "changed type": lambda s: s["properties"]["title"].update(type="integer"),
    "narrowed bound": lambda s: s["properties"]["title"].update(maxLength=80),
    "widened bound": lambda s: s["properties"]["title"].update(maxLength=200),
    "new bound": lambda s: s["properties"]["title"].update(minLength=1),
    "narrowed enum": lambda s: s["$defs"]["Kind"].update(enum=["offer"]),
    "widened enum": lambda s: s["$defs"]["Kind"]["enum"].append("barter"),
    "no longer null": lambda s: s["properties"]["place"]["anyOf"].pop(),
    "other items": lambda s: s["properties"]["tags"]["items"].update(type="integer"),
    "other default": lambda s: s["properties"]["place"].update(default={}),
    "removed inside a part": lambda s: s["$defs"]["Place"]["properties"].pop("city"),
    "required inside a part": lambda s: (
        s["$defs"]["Place"]["properties"].update(land={"type": "string"}),
        s["$defs"]["Place"]["required"].append("land"),
    ),
}


class TestComparison:
    @pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING.keys())
    def test_a_breaking_change_is_a_fault(self, change: Callable[[dict[str, Any]], object]) -> None:
        assert incompatibilities(RELEASED, changed(change))

    def test_an_added_optional_field_is_none(self) -> None:
        added = changed(lambda s: s["properties"].update(unit={"type": "string", "default": ""}))

        assert incompatibilities(RELEASED, added) == ()

    def test_an_added_optional_field_inside_a_part_is_none(self) -> None:
        added = changed(lambda s: s["$defs"]["Place"]["properties"].update(land={"default": None}))

        assert incompatibilities(RELEASED, added) == ()

    def test_new_prose_is_none(self) -> None:
        assert incompatibilities(RELEASED, changed(lambda s: s.update(description="New."))) == ()

    def test_a_fault_names_the_field(self) -> None:
        without_city = changed(BREAKING["removed inside a part"])

        assert "event.place.city was removed" in incompatibilities(RELEASED, without_city)


class TestRelease:
    def test_a_missing_release_says_which_command_makes_it(self, tmp_path: Path) -> None:
        with pytest.raises(LookupError, match="python -m schemas release"):
            released_schema(EVENTS[0], tmp_path)

    def test_what_was_released_is_released_again_unchanged(self, tmp_path: Path) -> None:
        release(tmp_path)

        assert release(tmp_path) == ()
        assert released_schema(EVENTS[0], tmp_path) == released_form(EVENTS[0])

    def test_a_breaking_change_is_refused_and_nothing_written(self, tmp_path: Path) -> None:
        release(tmp_path)
        path = released_path(EVENTS[0], tmp_path)
        older = json.loads(path.read_text()) | {"required": []}
        path.write_text(json.dumps(older))

        assert release(tmp_path)
        assert json.loads(path.read_text()) == older


@every_event
class TestEveryEvent:
    def test_keeps_what_was_released(self, event_class: type[Event]) -> None:
        assert not incompatibilities(released_schema(event_class), released_form(event_class))

    def test_is_released_as_it_stands(self, event_class: type[Event]) -> None:
        assert released_schema(event_class) == released_form(event_class), (
            "The event gained a field. Run: python -m schemas release"
        )

    def test_still_reads_its_old_sample(self, event_class: type[Event]) -> None:
        sample = (SAMPLES / f"{event_class.type()}.json").read_text(encoding="utf-8")

        event = event_class.model_validate_json(sample)

        assert event_class.model_validate_json(event.model_dump_json()) == event

    def test_ignores_a_field_that_it_does_not_know(self, event_class: type[Event]) -> None:
        sample = (SAMPLES / f"{event_class.type()}.json").read_text(encoding="utf-8")
        from_later = json.loads(sample) | {"added_later": "unknown"}

        event = event_class.model_validate_json(json.dumps(from_later))

        assert event == event_class.model_validate_json(sample)
