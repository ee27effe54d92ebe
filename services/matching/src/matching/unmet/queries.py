"""Unmet requests as a broker sees them: how old, what was tried, and who could be asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import copies
from chassis.database import Connection
from matching import listing_storage
from matching.enquiries import storage as enquiry_storage
from matching.enquiries.addresses import emails_of
from matching.enquiries.asking_again import askable_again
from matching.enquiries.enquiry import Enquiry, Obstacle, Unreached, obstacle_to
from matching.kept_listing import KeptListing
from matching.unmet import candidate_storage, storage, tried_storage
from matching.unmet.candidate import Candidate, CandidateReasons
from matching.unmet.industry import Industry, industry_of
from matching.unmet.tried import TriedProposal
from matching.unmet.unmet_request import UnmetRequest
from schemas.organisation import OrganisationState

Directory = dict[UUID, OrganisationState]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateShown:
    """With an obstacle it is shown, but cannot be asked."""

    organisation: OrganisationState
    industry: Industry | None
    reasons: CandidateReasons
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetShown:
    """``names`` are those of every organisation that is mentioned and still in the directory.

    ``unreached`` are those asked whom no mail brought the question, and why; those of them
    ``askable_again`` have another address since.
    ``addresses`` are those to which a broker writes after a yes by nobody who is a member.
    """

    unmet: UnmetRequest
    request: KeptListing
    names: dict[UUID, str]
    addresses: dict[UUID, tuple[str, ...]]
    proposals: tuple[TriedProposal, ...]
    enquiries: tuple[Enquiry, ...]
    unreached: dict[UUID, Unreached]
    askable_again: frozenset[UUID]
    candidates: tuple[CandidateShown, ...]

    @property
    def askable(self) -> tuple[CandidateShown, ...]:
        return tuple(each for each in self.candidates if each.obstacle is None)


async def unmet_requests(
    connection: Connection, *, now: datetime, limit: int, offset: int
) -> tuple[UnmetShown, ...]:
    """The longest waiting first."""
    found = await storage.unmet_requests(connection, now=now, limit=limit, offset=offset)
    shown = [await _shown(connection, each, now=now) for each in found]
    return tuple(each for each in shown if each is not None)


async def unmet_request(
    connection: Connection, request_id: UUID, *, now: datetime
) -> UnmetShown | None:
    unmet = await storage.unmet_request(connection, request_id, now=now)
    return None if unmet is None else await _shown(connection, unmet, now=now)


async def _shown(
    connection: Connection, unmet: UnmetRequest, *, now: datetime
) -> UnmetShown | None:
    found = await listing_storage.listings(connection, [unmet.request_id])
    request = found.get(unmet.request_id)
    if request is None:
        return None
    proposals = await tried_storage.made_to(connection, unmet.request_id)
    enquiries = await enquiry_storage.enquiries_about(connection, unmet.request_id)
    candidates = await candidate_storage.candidates_of(connection, unmet.request_id)
    mentioned = [
        unmet.organisation_id,
        *(each.offer_organisation_id for each in proposals),
        *(each.organisation_id for each in enquiries),
        *(each.organisation_id for each in candidates),
    ]
    states = await copies.find_many(connection, OrganisationState, list(set(mentioned)))
    directory = {each.organisation_id: each for each in states}
    unreached = {
        each.organisation_id: why for each in enquiries if (why := each.unreached(now)) is not None
    }
    return UnmetShown(
        unmet=unmet,
        request=request,
        names={key: each.organisation_name for key, each in directory.items()},
        addresses=await _addresses(connection, enquiries, directory),
        proposals=proposals,
        enquiries=enquiries,
        unreached=unreached,
        askable_again=await askable_again(connection, request, enquiries, now=now),
        candidates=await _candidates(
            connection, request, candidates, enquiries, directory, unreached=unreached
        ),
    )


async def _addresses(
    connection: Connection, enquiries: Iterable[Enquiry], directory: Directory
) -> dict[UUID, tuple[str, ...]]:
    return {
        key: tuple((await emails_of(connection, directory[key])).values())
        for key in (each.organisation_id for each in enquiries if each.waits_for_a_broker)
        if key in directory
    }


async def _candidates(
    connection: Connection,
    request: KeptListing,
    candidates: Iterable[Candidate],
    enquiries: Iterable[Enquiry],
    directory: Directory,
    *,
    unreached: Collection[UUID],
) -> tuple[CandidateShown, ...]:
    """Those still in the directory and not hidden since they were ranked."""
    ids = [each.organisation_id for each in candidates]
    allowed = await candidate_storage.may_be_asked(
        connection, ids, request_organisation_id=request.organisation_id
    )
    never = await enquiry_storage.never_asked(connection, ids)
    asked = {each.organisation_id for each in enquiries}
    return tuple(
        _candidate(
            each,
            directory[each.organisation_id],
            for_members=request.is_for_members,
            asked_before=each.organisation_id in asked,
            never_again=each.organisation_id in never,
            unreached=each.organisation_id in unreached,
        )
        for each in candidates
        if each.organisation_id in allowed
    )


def _candidate(
    candidate: Candidate,
    organisation: OrganisationState,
    *,
    for_members: bool,
    asked_before: bool,
    never_again: bool,
    unreached: bool,
) -> CandidateShown:
    obstacle = obstacle_to(
        organisation,
        for_members=for_members,
        asked_before=asked_before,
        never_again=never_again,
    )
    return CandidateShown(
        organisation=organisation,
        industry=industry_of(organisation.industry_code),
        reasons=candidate.reasons,
        obstacle=Obstacle.UNREACHED if unreached else obstacle,
    )
