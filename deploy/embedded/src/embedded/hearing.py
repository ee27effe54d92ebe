"""A service's real consumer without a broker: records as Kafka would hand them over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from prometheus_client import CollectorRegistry

from chassis.cause import Cause
from chassis.database import Pool
from chassis.delivery import Delivery
from chassis.envelope import Gone, headers_of, headers_of_gone
from chassis.event import Event
from chassis.metrics import ConsumerMetrics
from chassis.service import Service

SOURCE = "https://cluster.example/others"


@dataclass(frozen=True, kw_only=True)
class ARecord:
    """What a consumer sees of a Kafka record; every one has an offset of its own."""

    topic: str
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None
    key: bytes
    partition: int = 0
    offset: int = field(default_factory=lambda: uuid4().int % 2**60)
    timestamp: int = 1_772_000_000_000


def record_of(message: Event | Gone, event_id: UUID | None = None) -> ARecord:
    """The record that another service's relay makes of an event or a tombstone."""
    cause = Cause.new()
    event_id = event_id or uuid4()
    if isinstance(message, Gone):
        headers = headers_of_gone(message, event_id=event_id, cause=cause)
        topic, key, value = message.state.topic, message.id, None
    else:
        headers = headers_of(message, event_id=event_id, cause=cause)
        topic, key = message.topic, message.aggregate_id()
        value = message.model_dump_json().encode()
    headers["ce_source"] = SOURCE
    encoded = [(name, text.encode()) for name, text in headers.items()]
    return ARecord(topic=topic, headers=encoded, value=value, key=str(key).encode())


class Hearing:
    """Gives a service what others say; nothing may be parked."""

    def __init__(self, service: Service, pool: Pool) -> None:
        self._pool = pool
        self._delivery = Delivery(
            service.name,
            consumers=service.consumers,
            pool=pool,
            metrics=ConsumerMetrics(CollectorRegistry()),
        )

    async def hears(self, *messages: Event | Gone) -> None:
        await self.receives(*map(record_of, messages))

    async def receives(self, *records: ARecord) -> None:
        await self._delivery.handle(records)
        async with self._pool.connection() as connection:
            parked = await connection.fetchval("select count(*) from parked_record")
        if parked:
            raise AssertionError(f"{parked} records were parked")
