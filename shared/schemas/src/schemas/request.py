"""Requests for which no listing was found, and whom a broker asks instead."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact
from schemas.match import Reasons
from schemas.place import Category
from schemas.vocabulary import EnquiryAnswer, Language


class RequestUnmet(Fact):
    """No strong proposal came within the set time after publication.

    ``possible_proposals`` counts the weaker ones that were made, ``candidates`` the
    organisations of the directory that a broker can choose from.
    """

    name: ClassVar[str] = "request.unmet"
    topic: ClassVar[str] = "request.unmet"
    request_id: UUID
    organisation_id: UUID
    title: str
    language: Language
    category: Category
    published_at: AwareDatetime
    possible_proposals: int = Field(ge=0)
    candidates: int = Field(ge=0)

    def aggregate_id(self) -> UUID:
        return self.request_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class RequestOverflowed(Fact):
    """Nobody here fits a request, and its owner lets partner clusters be asked.

    Never said of one that only the cluster may see; again of one that was not to be shown when
    this was read, once it is back. ``listing.state`` says whether partner clusters are asked.
    """

    name: ClassVar[str] = "request.overflowed"
    topic: ClassVar[str] = "request.overflowed"
    request_id: UUID
    organisation_id: UUID
    title: str
    language: Language
    category: Category
    published_at: AwareDatetime
    unmet_since: AwareDatetime
    answer_by: AwareDatetime

    def aggregate_id(self) -> UUID:
        return self.request_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.organisation_id,)


class EnquiryFact(Fact):
    """Every fact about an enquiry names the request and the organisation that is asked."""

    personal: ClassVar[bool] = True
    enquiry_id: UUID
    request_id: UUID
    request_title: str
    request_language: Language
    requesting_organisation_id: UUID
    organisation_id: UUID = Field(description="Who is asked.")

    def aggregate_id(self) -> UUID:
        return self.enquiry_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.requesting_organisation_id, self.organisation_id)


class EnquiryApproved(EnquiryFact):
    """A broker asks an organisation that posted nothing: "could you do this?"."""

    name: ClassVar[str] = "enquiry.approved"
    topic: ClassVar[str] = "enquiry.approved"
    question: str = Field(max_length=1000)
    request_description: str = Field(max_length=4000)
    reasons: Reasons
    expires_at: AwareDatetime
    attempt: int = Field(
        default=1, ge=1, description="From 2 on it is asked again, as nobody was reached before."
    )
    organisation_revision: int = Field(
        default=0, ge=0, description="What was known of whom to ask; an older address is none."
    )


class EnquiryAnswered(EnquiryFact):
    """The organisation answered; a yes leads to an offer draft and a contact."""

    name: ClassVar[str] = "enquiry.answered"
    topic: ClassVar[str] = "enquiry.answered"
    member_id: UUID | None = Field(description="Absent where the answer came by enquiry address.")
    answer: EnquiryAnswer
    note: str = Field(default="", max_length=1000)
    category: Category

    def subjects(self) -> tuple[UUID, ...]:
        own = () if self.member_id is None else (self.member_id,)
        return (*super().subjects(), *own)
