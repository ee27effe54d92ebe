"""CloudEvents 1.0 in Kafka's binary mode: events to headers, and records back to events.

All header values are non-empty UTF-8 text; a record is decoded alone, so that one that cannot
be read never takes its neighbours with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.event import HEARTBEAT_TYPE, Event


class Undecodable(ValueError):
    """A record that no handler can be given; it is parked byte for byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A tombstone: the aggregate is gone as of ``revision``."""

    state: type[Event]
    id: UUID
    revision: int


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
    def once(self) -> bool:
        """Facts pass the inbox; state is idempotent by its revision."""
        return self.event_class.role == "fact"


def headers_of(event: Event, *, event_id: UUID, cause: Cause) -> dict[str, str]:
    """The headers that say what an event is; the relay adds those that say whose it is."""
    occurred_at = getattr(event, "occurred_at", None) or datetime.now(UTC)
    return _headers(
        type(event),
        event.aggregate_id(),
        event.revision,
        occurred_at,
        event_id=event_id,
        cause=cause,
    ) | {"content-type": "application/json"}


def headers_of_gone(gone: Gone, *, event_id: UUID, cause: Cause) -> dict[str, str]:
    return _headers(
        gone.state, gone.id, gone.revision, datetime.now(UTC), event_id=event_id, cause=cause
    )


def _headers(
    event_class: type[Event],
    aggregate_id: UUID,
    revision: int,
    occurred_at: datetime,
    *,
    event_id: UUID,
    cause: Cause,
) -> dict[str, str]:
    headers = {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": event_class.type(),
        "ce_subject": str(aggregate_id),
        "ce_time": occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_revision": str(revision),
    }
    return headers | (_trace(cause) if event_class.traced else {})


def _trace(cause: Cause) -> dict[str, str]:
    trace = {
        "ce_correlationid": str(cause.correlation_id),
        "ce_causationid": cause.event_id,
        "traceparent": cause.traceparent,
    }
    return {name: value for name, value in trace.items() if value}


def origin_headers(source: str, schemas_url: str, event_type: str) -> dict[str, str]:
    """Whose event it is, and where its JSON Schema is served."""
    return {"ce_source": source, "ce_dataschema": f"{schemas_url}/{event_type}.json"}


def heartbeat_headers(source: str, *, partition: int, now: datetime) -> dict[str, str]:
    milliseconds = int(now.timestamp() * 1000)
    return {
        "ce_specversion": "1.0",
        "ce_id": str(uuid7()),
        "ce_source": source,
        "ce_type": HEARTBEAT_TYPE,
        "ce_subject": f"heartbeat-{partition}",
        "ce_time": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce_revision": str(milliseconds),
        "content-type": "application/json",
    }


def decode(record: Any, known: Mapping[str, type[Event]]) -> Decoded | None:
    """The event in a raw Kafka record, or None for a heartbeat or a name nobody here knows.

    Raises:
        Undecodable: with what is wrong, in words that help whoever looks at the parked record.

    """
    headers = _texts(record.headers)
    event_type = _required(headers, "ce_type")
    name, _, version = event_type.rpartition(".v")
    event_class = known.get(name)
    if event_type == HEARTBEAT_TYPE or event_class is None:
        return None
    if version != str(event_class.version):
        raise Undecodable(f"{name} is known here in version {event_class.version}, not {version}")
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
            raise Undecodable(f"header {name} is null")
        try:
            texts[name] = value.decode()
        except UnicodeDecodeError as error:
            raise Undecodable(f"header {name} is not UTF-8") from error
    return texts


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise Undecodable(f"header {name} is missing or empty")
    return value


def _message(record: Any, headers: Mapping[str, str], event_class: type[Event]) -> Event | Gone:
    if record.value is None:
        return _gone(headers, event_class)
    try:
        return event_class.model_validate_json(record.value)
    except ValueError as error:
        # Pydantic quotes the input, which may be personal; the error's places and kinds may not.
        raise Undecodable(f"the value is no {event_class.type()}: {_places(error)}") from None


def _places(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    if errors is None:
        return type(error).__name__
    found = errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'value'}: {each['type']}" for each in found
    )


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
