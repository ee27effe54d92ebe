"""What the chassis must know of an event: where it goes, whose history it belongs to, no more."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar, runtime_checkable
from uuid import UUID


@runtime_checkable
class Event(Protocol):
    """The shape of an event class; the classes themselves live with their owners."""

    name: ClassVar[str]
    version: ClassVar[int]
    topic: ClassVar[str]
    traced: ClassVar[bool]
    personal: ClassVar[bool]
    role: ClassVar[Literal["fact", "state"]]

    @property
    def revision(self) -> int: ...
    @classmethod
    def type(cls) -> str: ...
    def aggregate_id(self) -> UUID: ...
    def subjects(self) -> tuple[UUID, ...]: ...
    def model_dump_json(self) -> str: ...
    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray) -> Self: ...
    @classmethod
    def model_json_schema(cls) -> dict[str, Any]: ...


E = TypeVar("E", bound=Event)

HEARTBEAT_TYPE = "heartbeat.v1"
"""A record that only keeps a compacted topic's segments rolling; every reader passes over it."""


def by_name(classes: tuple[type[Event], ...]) -> dict[str, type[Event]]:
    return {event_class.name: event_class for event_class in classes}


def topics_of(classes: Iterator[type[Event]] | tuple[type[Event], ...]) -> tuple[str, ...]:
    return tuple(sorted({event_class.topic for event_class in classes}))
