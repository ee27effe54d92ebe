"""Records are CloudEvents in Kafka's binary mode: the official SDK reads ours, we read its."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from notebook.events import NoteState, events_of

from chassis.cause import Cause
from chassis.decoding import Decoded, Undecodable, decode
from chassis.envelope import Gone, headers_of, headers_of_gone, heartbeat_headers, origin_headers
from chassis.event import by_name
from chassis.parking import RawRecord

SOURCE = "https://cluster.example/notebook"
SCHEMAS = "https://cluster.example/schemas"
EVENTS = events_of("unit")
KNOWN = by_name((EVENTS.written, EVENTS.state))


def as_seen_by_the_sdk(headers: dict[str, str], value: bytes) -> BaseCloudEvent:
    encoded = {name: text.encode() for name, text in headers.items()}
    return from_binary(KafkaMessage(encoded, b"key", value), JSONFormat(), CloudEvent)


def as_read(message: KafkaMessage) -> RawRecord:
    return RawRecord(
        topic="note.written",
        partition=0,
        offset=0,
        timestamp=0,
        key=b"key",
        headers=tuple(message.headers.items()),
        value=message.value,
    )


def foreign(data: dict[str, object], **attributes: str) -> RawRecord:
    """A record as the official SDK writes it."""
    event = CloudEvent(
        {
            "id": "7",
            "source": "/elsewhere",
            "type": "note.written.v1",
            "time": datetime(2026, 3, 1, 12, tzinfo=UTC),
            "datacontenttype": "application/json",
            **attributes,
        },
        data,
    )
    return as_read(to_binary(event, JSONFormat()))


def decoded(record: RawRecord) -> Decoded:
    found = decode(record, KNOWN)
    assert found is not None
    return found


class TestWhatWeWrite:
    def test_an_event_is_read_by_the_sdk(self) -> None:
        note = EVENTS.written(note=uuid4(), revision=7, text="Grüße")
        cause = Cause(correlation_id=uuid4(), event_id="cause-1", traceparent="00-0-0-01")
        event_id = uuid4()
        headers = headers_of(note, event_id=event_id, cause=cause) | origin_headers(
            SOURCE, SCHEMAS, note.type()
        )

        seen = as_seen_by_the_sdk(headers, note.model_dump_json().encode())

        assert seen.get_id() == str(event_id)
        assert seen.get_source() == SOURCE
        assert seen.get_type() == "note.written.v1"
        assert seen.get_subject() == str(note.note)
        assert seen.get_dataschema() == f"{SCHEMAS}/note.written.v1.json"
        assert seen.get_datacontenttype() == "application/json"
        assert abs((datetime.now(UTC) - _time_of(seen)).total_seconds()) < 60
        assert seen.get_extension("revision") == "7"
        assert seen.get_extension("correlationid") == str(cause.correlation_id)
        assert seen.get_extension("causationid") == "cause-1"
        assert seen.get_data() == note.model_dump(mode="json")

    def test_a_heartbeat_is_read_by_the_sdk(self) -> None:
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

        seen = as_seen_by_the_sdk(heartbeat_headers(SOURCE, partition=3, now=noon), b"{}")

        assert seen.get_type() == "heartbeat.v1"
        assert seen.get_time() == noon

    def test_an_untraced_event_says_nothing_of_its_cause(self) -> None:
        class Anonymous(NoteState):
            traced = False
            topic = "public"

        cause = Cause(correlation_id=uuid4(), event_id="cause-1", traceparent="00-0-0-01")
        headers = headers_of(Anonymous(note=uuid4()), event_id=uuid4(), cause=cause)

        assert headers.keys().isdisjoint({"ce_correlationid", "ce_causationid", "traceparent"})

    def test_no_header_is_empty(self) -> None:
        headers = headers_of(EVENTS.written(note=uuid4()), event_id=uuid4(), cause=Cause.new())

        assert all(headers.values())


class TestWhatWeRead:
    def test_an_event_of_the_sdk(self) -> None:
        note = EVENTS.written(note=uuid4(), revision=7, text="Grüße")
        correlation = str(uuid4())

        found = decoded(foreign(note.model_dump(mode="json"), correlationid=correlation))

        assert found.message == note
        assert (found.source, found.id) == ("/elsewhere", "7")
        assert found.cause.event_id == "7"
        assert str(found.cause.correlation_id) == correlation

    def test_what_an_event_gained_later_is_passed_over(self) -> None:
        note = EVENTS.written(note=uuid4())

        assert decoded(foreign(note.model_dump(mode="json") | {"later": 1})).message == note

    @pytest.mark.parametrize("correlation", [{}, {"correlationid": "none"}])
    def test_a_missing_correlation_is_made_up(self, correlation: dict[str, str]) -> None:
        note = EVENTS.written(note=uuid4())

        cause = decoded(foreign(note.model_dump(mode="json"), **correlation)).cause

        assert isinstance(cause.correlation_id, UUID)

    def test_our_own_tombstone(self) -> None:
        gone = Gone(state=EVENTS.state, id=uuid4(), revision=9)
        headers = headers_of_gone(gone, event_id=uuid4(), cause=Cause.new()) | {"ce_source": SOURCE}

        assert decoded(_tombstone(headers)).message == gone

    @pytest.mark.parametrize("revision", ["", "x", "1.5"])
    def test_a_tombstone_needs_its_revision(self, revision: str) -> None:
        gone = Gone(state=EVENTS.state, id=uuid4(), revision=9)
        headers = headers_of_gone(gone, event_id=uuid4(), cause=Cause.new())

        with pytest.raises(Undecodable):
            decode(_tombstone(headers | {"ce_source": SOURCE, "ce_revision": revision}), KNOWN)

    def test_an_unknown_name_is_nobody_s(self) -> None:
        assert decode(foreign({}, type="note.painted.v1"), KNOWN) is None

    @pytest.mark.parametrize("event_type", ["note.written.v2", "note.written.vx", "note.written"])
    def test_a_known_name_in_another_version_is_undecodable(self, event_type: str) -> None:
        with pytest.raises(Undecodable, match=r"note\.written\.v1 is the version known here"):
            decode(foreign({}, type=event_type), KNOWN)


def _tombstone(headers: dict[str, str]) -> RawRecord:
    encoded: dict[str, Any] = {name: text.encode() for name, text in headers.items()}
    return RawRecord(
        topic="note.state",
        partition=0,
        offset=0,
        timestamp=0,
        key=b"key",
        headers=tuple(encoded.items()),
        value=None,
    )


def _time_of(event: BaseCloudEvent) -> datetime:
    time = event.get_time()
    assert time is not None
    return time
