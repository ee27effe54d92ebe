"""Members, their sign-in and for whom they may act, as the other services know them."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.event import Fact, State
from schemas.vocabulary import Language, RegistrationDecision, Role


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
    """Someone asked for a sign-in link; ``nonce`` is accepted once, until ``expires_at``.

    ``member_id`` names a member, a registration, or a member's wish for another address: what
    becomes of a mail to an address that nobody verified yet says nothing about the member.
    """

    name: ClassVar[str] = "signin.requested"
    topic: ClassVar[str] = "signin.requested"
    personal: ClassVar[bool] = True
    member_id: UUID
    email: str = Field(max_length=254)
    language: Language
    nonce: UUID
    expires_at: AwareDatetime
    changes_address_of: UUID | None = Field(
        default=None,
        description="The member who wants ``email`` as their address; ``member_id`` is the wish.",
    )

    def aggregate_id(self) -> UUID:
        return self.member_id

    def subjects(self) -> tuple[UUID, ...]:
        moving = () if self.changes_address_of is None else (self.changes_address_of,)
        return (self.member_id, *moving)


class RegistrationDecided(Fact):
    """Somebody said whether a person who registered may act for an organisation.

    Only a verified address is decided about, so that the person is a member by then:
    ``member.state`` says where and in which language they are told. A decline leaves them one.
    """

    name: ClassVar[str] = "registration.decided"
    topic: ClassVar[str] = "registration.decided"
    personal: ClassVar[bool] = True
    registration_id: UUID
    member_id: UUID
    organisation_id: UUID | None = Field(
        description="Absent where a decline kept it out of the directory."
    )
    organisation_name: str = Field(max_length=200)
    decision: RegistrationDecision
    by_colleague: bool = Field(description="A member of it decided, not a moderator.")
    reason: str = Field(default="", max_length=1000)
    appeal_to: str = Field(default="", description="Whom to ask; empty after an approval.")

    def aggregate_id(self) -> UUID:
        return self.registration_id

    def subjects(self) -> tuple[UUID, ...]:
        acted_for = () if self.organisation_id is None else (self.organisation_id,)
        return (self.member_id, *acted_for)


class AddressChanged(Fact):
    """A member moved to another address; whoever reads mail at the former one is told.

    The new address is not named: the former one may be a former employer's. ``change_id`` is the
    wish that was confirmed: what becomes of a mail to an address that somebody left says nothing
    about the member.
    """

    name: ClassVar[str] = "address.changed"
    topic: ClassVar[str] = "address.changed"
    personal: ClassVar[bool] = True
    change_id: UUID
    member_id: UUID
    former_email: str = Field(max_length=254)
    language: Language

    def aggregate_id(self) -> UUID:
        return self.change_id

    def subjects(self) -> tuple[UUID, ...]:
        return (self.member_id,)
