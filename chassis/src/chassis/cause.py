"""Why a record exists: the request or the event that led to it."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """``event_id`` is the event being handled, absent where a person or a clock is the cause."""

    correlation_id: UUID
    event_id: str | None = None
    traceparent: str | None = None

    @classmethod
    def new(cls, *, traceparent: str | None = None) -> "Cause":
        """A cause outside the event flow: a request, a command line, a clock."""
        return cls(correlation_id=uuid7(), traceparent=traceparent)

    def id_of(self, event_type: str, aggregate_id: UUID, purpose: str) -> UUID:
        """The id of a record that follows from this cause.

        The same handling repeated gives the same id, so that a reader acts on it once.
        """
        if self.event_id is None:
            return uuid7()
        return uuid5(self.correlation_id, f"{self.event_id}|{event_type}|{aggregate_id}|{purpose}")
