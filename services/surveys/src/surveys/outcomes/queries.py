"""A question as its page shows it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.database import Connection
from schemas.claims import LinkClaims
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Language
from surveys.outcomes import storage
from surveys.outcomes.question import FOLLOWED_FOR, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionShown:
    """The names are missing while an organisation is not known here yet."""

    question: Question
    listing_title: str
    organisation_name: str | None
    counterpart_name: str | None


async def language_of(connection: Connection, claims: LinkClaims) -> Language | None:
    """In which the mail with the link was written, as far as its reader is known here."""
    member = await copies.find(connection, MemberState, claims.member_id)
    return None if member is None else member.language


async def question_behind(connection: Connection, claims: LinkClaims) -> QuestionShown | None:
    """The question that a link opens, where it was asked and this member may answer it."""
    question = await storage.question(connection, claims.object_id)
    if question is None or question.asked_at is None:
        return None
    member = await copies.find(connection, MemberState, claims.member_id)
    acts_for = None if member is None else member.organisation_ids
    if not question.is_for(claims.member_id, acts_for):
        return None
    return QuestionShown(
        question=question,
        listing_title=await storage.title_of(connection, question.contact_id),
        organisation_name=await _name(connection, question.organisation_id),
        counterpart_name=await _name(connection, question.counterpart_organisation_id),
    )


async def _name(connection: Connection, organisation_id: UUID) -> str | None:
    organisation = await copies.find(connection, OrganisationState, organisation_id)
    return None if organisation is None else organisation.organisation_name


async def finished_of_followed(connection: Connection, *, now: datetime) -> tuple[int, int]:
    """How many contacts nothing can be answered about any more, and how many there are."""
    return await storage.finished_of_followed(connection, before=now - FOLLOWED_FOR)
