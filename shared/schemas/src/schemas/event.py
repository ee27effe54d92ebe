"""The base classes of every event: a fact that happened once, or the latest state of something."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Revision = Annotated[int, Field(ge=1, description="Rises with every change of the aggregate.")]


class Value(BaseModel):
    """A part of an event; frozen, and tolerant of fields that a later version adds."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Value):
    """One record on a topic.

    ``name`` and ``version`` make the CloudEvents type (``listing.created.v1``), ``topic`` says
    where it goes. ``traced`` is off where correlation, causation or trace would expose what
    the event itself hides.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    topic: ClassVar[str]
    traced: ClassVar[bool] = True
    personal: ClassVar[bool] = False
    """Holds names, addresses or free text written by people."""
    role: ClassVar[Literal["fact", "state"]]

    revision: Revision

    @classmethod
    def type(cls) -> str:
        return f"{cls.name}.v{cls.version}"

    def aggregate_id(self) -> UUID:
        """Whose history this record belongs to: the Kafka key and the CloudEvents subject."""
        raise NotImplementedError

    def subjects(self) -> tuple[UUID, ...]:
        """Members and organisations whose erasure must blank stored copies of this event."""
        return ()


class Fact(Event):
    """Something that happened; counted, mailed or answered exactly once."""

    role: ClassVar[Literal["fact", "state"]] = "fact"
    occurred_at: AwareDatetime


class State(Event):
    """The latest known state of an aggregate; a tombstone says that it is gone."""

    role: ClassVar[Literal["fact", "state"]] = "state"
