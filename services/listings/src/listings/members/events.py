"""What this service says about members; all of it is personal."""

from datetime import datetime
from uuid import UUID

from listings.members.member import Member
from schemas.member import MemberState, SignInRequested
from schemas.vocabulary import Language


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
) -> SignInRequested:
    return SignInRequested(
        revision=int(now.timestamp() * 1000),
        occurred_at=now,
        member_id=member_id,
        email=email,
        language=language,
        nonce=nonce,
        expires_at=expires_at,
    )
