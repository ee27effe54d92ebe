"""What this service says about members; all of it is personal."""

from datetime import datetime
from uuid import UUID

from listings.members.member import Member
from listings.members.registration import Decline, Registration
from schemas.member import AddressChanged, MemberState, RegistrationDecided, SignInRequested
from schemas.vocabulary import Language, RegistrationDecision


def member_state(member: Member) -> MemberState:
    return MemberState(
        revision=member.revision,
        member_id=member.id,
        member_name=member.name,
        email=member.email,
        language=member.language,
        roles=member.roles,
        organisation_ids=member.organisation_ids,
        sessions_valid_from=member.sessions_valid_from,
    )


def signin_requested(
    *,
    member_id: UUID,
    email: str,
    language: Language,
    nonce: UUID,
    now: datetime,
    expires_at: datetime,
    changes_address_of: UUID | None,
) -> SignInRequested:
    return SignInRequested(
        revision=int(now.timestamp() * 1000),
        occurred_at=now,
        member_id=member_id,
        email=email,
        language=language,
        nonce=nonce,
        expires_at=expires_at,
        changes_address_of=changes_address_of,
    )


def registration_decided(
    registration: Registration,
    decline: Decline | None,
    *,
    organisation_id: UUID | None,
    by_colleague: bool,
    at: datetime,
) -> RegistrationDecided:
    assert registration.member_id is not None  # noqa: S101 - only a verified address is decided on
    return RegistrationDecided(
        revision=int(at.timestamp() * 1000),
        occurred_at=at,
        registration_id=registration.id,
        member_id=registration.member_id,
        organisation_id=organisation_id,
        organisation_name=registration.organisation_name,
        decision=RegistrationDecision.DECLINED if decline else RegistrationDecision.APPROVED,
        by_colleague=by_colleague,
        reason=decline.reason if decline else "",
        appeal_to=decline.appeal_to if decline else "",
    )


def address_changed(former: Member, *, change_id: UUID, at: datetime) -> AddressChanged:
    return AddressChanged(
        revision=int(at.timestamp() * 1000),
        occurred_at=at,
        change_id=change_id,
        member_id=former.id,
        former_email=former.email,
        language=former.language,
    )
