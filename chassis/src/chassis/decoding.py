"""Records back to events: each alone, so that an unreadable one takes no neighbour with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.envelope import Gone
from chassis.event import HEARTBEAT_TYPE, Event
from chassis.faults import places
from chassis.metrics import ConsumerMetrics


class Undecodable(ValueError):
    """A record that no handler can be given; it is parked byte for byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A record that has a handler; ``source`` and ``id`` make it unique."""

    record: Any
    message: Event | Gone
    source: str
    id: str
    cause: Cause

    @property
    def event_class(self) -> type[Event]:
        return self.message.state if isinstance(self.message, Gone) else type(self.message)

    @property
    def is_gone(self) -> bool:
        return isinstance(self.message, Gone)

    @property
    def once(self) -> bool:
        """Facts pass the inbox; state is idempotent by its revision."""
        return self.event_class.role == "fact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that could not be decoded, and why."""

    record: Any
    error: str


Item = Decoded | Unreadable


HEARTBEAT = ("ce_type", HEARTBEAT_TYPE.encode())


def read(
    records: Sequence[Any], known: Mapping[str, type[Event]], *, metrics: ConsumerMetrics
) -> list[Item]:
    """Every record that somebody here must look at."""
    items = [_item(record, known) for record in records if HEARTBEAT not in record.headers]
    metrics.ignored.inc(items.count(None))
    return [item for item in items if item is not None]


def _item(record: Any, known: Mapping[str, type[Event]]) -> Item | None:
    try:
        return decode(record, known)
    except Undecodable as error:
        return Unreadable(record=record, error=f"undecodable: {error}")


def decode(record: Any, known: Mapping[str, type[Event]]) -> Decoded | None:
    """The event in a raw Kafka record, or None where nobody here knows its name.

    Raises:
        Undecodable: with what is wrong, in words that help whoever looks at the parked record.

    """
    headers = _texts(record.headers)
    event_type = _required(headers, "ce_type")
    name, has_version, version = event_type.rpartition(".v")
    event_class = known.get(name if has_version else event_type)
    if event_class is None:
        return None
    if version != str(event_class.version):
        raise Undecodable(f"{event_class.type()} is the version known here, not {event_type}")
    event_id = _required(headers, "ce_id")
    return Decoded(
        record=record,
        message=_message(record, headers, event_class),
        source=_required(headers, "ce_source"),
        id=event_id,
        cause=_cause(headers, event_id),
    )


def _texts(headers: Sequence[tuple[str, bytes | None]]) -> dict[str, str]:
    texts = {}
    for name, value in headers:
        if value is None:
            raise Undecodable(f"header {name!r} is null")
        try:
            name.encode()
            texts[name] = value.decode()
        except UnicodeError as error:
            raise Undecodable(f"header {name!r} is not UTF-8") from error
    return texts


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise Undecodable(f"header {name} is missing or empty")
    if "\0" in value:
        raise Undecodable(f"header {name} holds a zero byte, which PostgreSQL's text does not")
    return value


def _message(record: Any, headers: Mapping[str, str], event_class: type[Event]) -> Event | Gone:
    if record.value is None:
        return _gone(headers, event_class)
    try:
        return event_class.model_validate_json(record.value)
    except ValueError as error:
        raise Undecodable(f"the value is no {event_class.type()}: {places(error)}") from None


def _gone(headers: Mapping[str, str], event_class: type[Event]) -> Gone:
    if event_class.role != "state":
        raise Undecodable(f"{event_class.type()} is a fact and cannot be a tombstone")
    try:
        subject = UUID(_required(headers, "ce_subject"))
        revision = int(_required(headers, "ce_revision"))
    except ValueError as error:
        raise Undecodable(f"tombstone: {error}") from error
    return Gone(state=event_class, id=subject, revision=revision)


def _cause(headers: Mapping[str, str], event_id: str) -> Cause:
    try:
        correlation = UUID(headers["ce_correlationid"])
    except (KeyError, ValueError):
        correlation = uuid7()
    return Cause(
        correlation_id=correlation, event_id=event_id, traceparent=headers.get("traceparent")
    )
