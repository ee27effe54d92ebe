"""Every event has a topic that keeps it as long, and shows it to as many, as it may be."""

import json
from importlib import resources
from typing import Any

import pytest

from schemas.event import Event
from schemas.events import EVENTS

TOPICS: dict[str, dict[str, Any]] = {
    topic["name"]: topic
    for topic in json.loads(resources.files("schemas").joinpath("topics.json").read_text("utf-8"))[
        "topics"
    ]
}
every_event = pytest.mark.parametrize("event_class", EVENTS, ids=lambda event: event.type())
every_topic = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS.keys())


@every_event
class TestEveryEvent:
    def test_has_a_topic_of_its_role(self, event_class: type[Event]) -> None:
        policy = TOPICS[event_class.topic]["config"]["cleanup.policy"]

        assert policy == {"fact": "delete", "state": "compact"}[event_class.role]

    def test_is_on_a_topic_for_personal_data_if_personal(self, event_class: type[Event]) -> None:
        purpose = TOPICS[event_class.topic]["purpose"]

        assert not event_class.personal or purpose in {"personal fact", "state"}

    def test_is_neither_personal_nor_traced_in_public(self, event_class: type[Event]) -> None:
        in_public = event_class.topic.startswith("public.")

        assert event_class.traced is not in_public
        assert not (in_public and event_class.personal)


@every_topic
class TestEveryTopic:
    def test_rolls_its_segments_and_bounds_its_records(self, topic: dict[str, Any]) -> None:
        assert int(topic["config"]["segment.ms"]) <= 86_400_000
        assert topic["config"]["max.message.bytes"] == "262144"

    def test_carries_an_event(self, topic: dict[str, Any]) -> None:
        assert topic["name"] in {event_class.topic for event_class in EVENTS}

    def test_keeps_personal_facts_for_three_days_at_most(self, topic: dict[str, Any]) -> None:
        if topic["purpose"] == "personal fact":
            assert int(topic["config"]["retention.ms"]) <= 3 * 86_400_000


def test_no_two_events_share_a_type() -> None:
    assert len({event_class.type() for event_class in EVENTS}) == len(EVENTS)
