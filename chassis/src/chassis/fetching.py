"""FastStream as this chassis uses it: a batch of raw records in, committed or read again.

FastStream's own parser and decoder read every header of a batch and lose the whole batch to one
null header; ours touch none. Its message commits nothing unless it is the ackable one, and
forgets to seek back in some partitions when another one was given away meanwhile.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage as InjectedMessage
from faststream.kafka.message import KafkaAckableMessage

from chassis import header_names
from chassis.positions import seek_back

log = structlog.get_logger(__name__)

BATCH_RECORDS = 500
BATCH_WAIT_MS = 50
GRACE_SECONDS = 8.0
MAX_POLL_INTERVAL_MS = 15 * 60 * 1000

REQUEST_TIMEOUT_MS = 12_000
"""After so long a broker that does not answer is given up, and another one is asked. A member that
joins a group waits for the others up to the session's ten seconds: it must be more than that."""

Take = Callable[[Sequence[Any]], Awaitable[None]]
"""Returns when the offsets may be committed; raises `NackMessage` to be given the batch again."""


class Fetched(KafkaAckableMessage):
    """The records of one poll."""

    async def ack(self) -> None:
        try:
            await super().ack()
        except KafkaError as error:
            # What was done is known to the inbox: read again, it is passed over.
            log.warning("offsets_not_committed", error=type(error).__name__)

    async def nack(self) -> None:
        seek_back(self.consumer, self.raw_message)
        await super(KafkaAckableMessage, self).nack()


def broker_of(bootstrap_servers: str, *, client: str) -> KafkaBroker:
    """One broker or more, parted by commas: any of them leads to the others."""
    header_names.accept_any()
    return KafkaBroker(
        bootstrap_servers.split(","),
        allow_auto_create_topics=False,
        consumer_only=True,
        logger=None,
        graceful_timeout=GRACE_SECONDS,
        client_id=client,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
    )


def subscribe(broker: KafkaBroker, topics: Sequence[str], *, group: str, take: Take) -> Any:
    """The one subscriber of a service; its ``consumer`` is there once the broker has started."""

    async def parsed(records: tuple[Any, ...]) -> Fetched:
        first = records[0]
        return Fetched(
            body=b"",
            raw_message=records,
            consumer=subscriber.consumer,
            message_id=f"{first.topic}-{first.partition}-{first.offset}",
        )

    async def on_batch(message: InjectedMessage) -> None:
        records: Any = message.raw_message
        await take(records)

    subscriber: Any = broker.subscriber(
        *topics,
        batch=True,
        group_id=group,
        max_records=BATCH_RECORDS,
        batch_timeout_ms=BATCH_WAIT_MS,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        no_reply=True,
        parser=parsed,
        decoder=_undecoded,
    )
    subscriber(on_batch)
    return subscriber


async def _undecoded(_message: Any) -> bytes:
    return b""
