"""Members and their sign-in, as the other services know them."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact, State
from schemas.vocabulary import Language, Role


class MemberState(State):
    """A person with an e-mail address; absent (tombstone) once erased.

    A session issued before ``sessions_valid_from`` is void. ``organisation_ids`` lists the
    organisations that the member may act for.
    """

    name: ClassVar[str] = "member.state"
    topic: ClassVar[str] = "member.state"
    personal: ClassVar[bool] = True
    member_id: UUID
    member_name: str = Field(max_length=200)
    email: str = Field(max_length=254)
    language: Language
    roles: tuple[Role, ...]
    organisation_ids: tuple[UUID, ...]
    sessions_valid_from: AwareDatetime

    def aggregate_id(self) -> UUID:
        return self.member_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id, *self.organisation_ids)


class SignInRequested(Fact):
    """Someone asked for a sign-in link; ``nonce`` is accepted once, until ``expires_at``."""

    name: ClassVar[str] = "signin.requested"
    topic: ClassVar[str] = "signin.requested"
    personal: ClassVar[bool] = True
    member_id: UUID
    email: str = Field(max_length=254)
    language: Language
    nonce: UUID
    expires_at: AwareDatetime

    def aggregate_id(self) -> UUID:
        return self.member_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id,)
