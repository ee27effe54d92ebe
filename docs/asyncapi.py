"""Writes asyncapi.yaml from what the services declare; it describes nothing by hand.

`--check` fails instead where the file is not what the code says.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import yaml

from chassis.service import Service
from schemas.event import Event
from schemas.events import EVENTS
from schemas.releases import released_schema

SERVICES = ("listings", "matching", "notifications", "surveys")
TARGET = Path(__file__).parent / "asyncapi.yaml"
COMMAND = "python docs/asyncapi.py"

TEXT = {"type": "string", "minLength": 1}
HEADERS: dict[str, Any] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": TEXT,
    "ce_source": TEXT | {"description": "The cluster's URI and the service."},
    "ce_type": TEXT,
    "ce_subject": TEXT | {"description": "The aggregate's id; also the record's key."},
    "ce_time": {"type": "string", "format": "date-time"},
    "ce_revision": TEXT | {"description": "Rises with every change of the aggregate."},
    "ce_dataschema": {"type": "string", "format": "uri"},
}
CONTENT_TYPE: dict[str, Any] = {"content-type": {"type": "string", "const": "application/json"}}
TRACE: dict[str, Any] = {"ce_correlationid": TEXT, "ce_causationid": TEXT, "traceparent": TEXT}


def declared_services() -> tuple[Service, ...]:
    return tuple(import_module(f"{name}.app").service for name in SERVICES)


def described(services: Iterable[Service]) -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Kooperationsbörse",
            "version": "1.0.0",
            "description": f"Written by `{COMMAND}` from what the services declare.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "servers": {"cluster": {"host": "kafka:9092", "protocol": "kafka"}},
        "channels": {topic["name"]: channel(topic) for topic in topics()},
        "operations": {
            name: operation for service in services for name, operation in operations(service)
        },
        "components": {"messages": {event.type(): message(event) for event in EVENTS}},
    }


def topics() -> list[dict[str, Any]]:
    text = resources.files("schemas").joinpath("topics.json").read_text(encoding="utf-8")
    declared: list[dict[str, Any]] = json.loads(text)["topics"]
    return declared


def channel(topic: dict[str, Any]) -> dict[str, Any]:
    events = [event for event in EVENTS if event.topic == topic["name"]]
    return {
        "address": topic["name"],
        "title": topic["purpose"],
        "servers": [{"$ref": "#/servers/cluster"}],
        "messages": {
            event.type(): {"$ref": f"#/components/messages/{event.type()}"} for event in events
        },
        "bindings": {
            "kafka": {"partitions": topic["partitions"], "topicConfiguration": kept(topic)}
        },
    }


def kept(topic: dict[str, Any]) -> dict[str, Any]:
    """The part of a topic's configuration that the Kafka binding has words for."""
    config = topic["config"]
    numbers = ("retention.ms", "delete.retention.ms", "max.message.bytes")
    return {"cleanup.policy": [config["cleanup.policy"]]} | {
        name: int(config[name]) for name in numbers if name in config
    }


def operations(service: Service) -> Iterable[tuple[str, dict[str, Any]]]:
    for action, events in (
        ("send", service.outbox.publishes),
        ("receive", service.consumers.classes),
    ):
        types = {event.type() for event in events}
        yield from (
            (f"{service.name}.{action}.{event.type()}", operation(action, service.name, event))
            for event in EVENTS
            if event.type() in types
        )


def operation(action: str, service: str, event: type[Event]) -> dict[str, Any]:
    address = f"#/channels/{event.topic}"
    return {
        "action": action,
        "title": f"{service} {action}s {event.name}",
        "channel": {"$ref": address},
        "messages": [{"$ref": f"{address}/messages/{event.type()}"}],
    }


def message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.type(),
        "summary": " ".join((event.__doc__ or "").split()),
        "tags": [{"name": tag} for tag in (event.role, *(["personal"] if event.personal else []))],
        "contentType": "application/json",
        "headers": headers(event),
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": released_schema(event),
        },
    }


def headers(event: type[Event]) -> dict[str, Any]:
    """Every record carries the origin; a tombstone has no content, an untraced one no cause."""
    own = {"ce_type": {"type": "string", "const": event.type()}}
    return {
        "type": "object",
        "required": [*HEADERS, *(CONTENT_TYPE if event.role == "fact" else ())],
        "properties": HEADERS | CONTENT_TYPE | own | (TRACE if event.traced else {}),
    }


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice twice: anchors would hide it from a reader."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        return True


def written(description: dict[str, Any]) -> str:
    text: str = yaml.dump(
        description, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100
    )
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    text = written(described(declared_services()))
    if not parser.parse_args().check:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print(f"{TARGET.name} is not what the services declare. Run: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
