"""CloudEvents 1.0 in Kafka's binary mode: the headers of events, tombstones and heartbeats.

All header values are non-empty UTF-8 text.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.event import HEARTBEAT_TYPE, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A tombstone: the aggregate is gone as of ``revision``."""

    state: type[Event]
    id: UUID
    revision: int


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
