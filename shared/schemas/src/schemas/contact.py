"""The first contact between two organisations, from request to answer."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact, Value
from schemas.vocabulary import DeclineReason, Language


class Party(Value):
    """A side of a contact as the other side gets to know it once the contact is accepted."""

    organisation_id: UUID
    organisation_name: str
    member_id: UUID
    member_name: str
    email: str = Field(max_length=254)


class ContactFact(Fact):
    """Every fact about a contact names the listing and the two organisations."""

    personal: ClassVar[bool] = True
    contact_id: UUID
    listing_id: UUID
    listing_title: str
    listing_language: Language
    proposal_id: UUID | None = None
    requesting_organisation_id: UUID
    requesting_member_id: UUID
    owning_organisation_id: UUID

    def aggregate_id(self) -> UUID:
        return self.contact_id

    def subjects(self) -> tuple[UUID, ...]:
        return (
            self.requesting_organisation_id,
            self.requesting_member_id,
            self.owning_organisation_id,
        )


class ContactRequested(ContactFact):
    """A member wrote to the owner of a listing; the name is there unless it stays hidden."""

    name: ClassVar[str] = "contact.requested"
    topic: ClassVar[str] = "contact.requested"
    requesting_organisation_name: str | None
    message: str = Field(max_length=2000)
    lapses_at: AwareDatetime
    owner_has_members: bool = Field(
        default=True, description="Where nobody is one, nobody reads it: brokers are told."
    )


class ContactAnswerDue(ContactFact):
    """The owner has not answered yet; without an answer the contact lapses."""

    name: ClassVar[str] = "contact.answer_due"
    topic: ClassVar[str] = "contact.answer_due"
    requesting_organisation_name: str | None
    lapses_at: AwareDatetime


class ContactAccepted(ContactFact):
    """The owner accepted: both sides get each other's names and addresses."""

    name: ClassVar[str] = "contact.accepted"
    topic: ClassVar[str] = "contact.accepted"
    requester: Party
    owner: Party

    def subjects(self) -> tuple[UUID, ...]:
        return (*super().subjects(), self.owner.member_id)


class ContactDeclined(ContactFact):
    """The owner declined, and why."""

    name: ClassVar[str] = "contact.declined"
    topic: ClassVar[str] = "contact.declined"
    reason: DeclineReason
    explanation: str = Field(default="", max_length=500)


class ContactWithdrawn(ContactFact):
    """The requester took back a contact that nobody had answered."""

    name: ClassVar[str] = "contact.withdrawn"
    topic: ClassVar[str] = "contact.withdrawn"


class ContactLapsed(ContactFact):
    """Nobody answered in time, or nobody can: without a title the owner is erased."""

    name: ClassVar[str] = "contact.lapsed"
    topic: ClassVar[str] = "contact.lapsed"

    def subjects(self) -> tuple[UUID, ...]:
        """Without a title nothing in it is about the owner, and the requester is still told."""
        if self.listing_title:
            return super().subjects()
        return (self.requesting_organisation_id, self.requesting_member_id)
