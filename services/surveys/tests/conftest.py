"""Fixtures of all tests of this service: what happened, written as one would say it."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest

from schemas.contact import (
    ContactAccepted,
    ContactDeclined,
    ContactRequested,
    ContactWithdrawn,
    Party,
)
from schemas.event import Fact
from schemas.listing import ListingClosed, ListingContent, ListingCreated
from schemas.mail import MailBounced, MailSent
from schemas.match import MatchAnswered, MatchProposed, ProposedListing, Reasons
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked, OutcomeReported
from schemas.place import Category
from schemas.vocabulary import (
    Answer,
    ClosingAnswer,
    ClosingReason,
    Cooperation,
    DeclineReason,
    Language,
    ListingKind,
    MailPurpose,
    OrganisationKind,
    Outcome,
    Role,
    SizeClass,
    Strength,
    Visibility,
)

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


FactT = TypeVar("FactT", bound=Fact)


class Story:
    """Makes facts in the order of their telling; each is a minute later than the last."""

    def __init__(self) -> None:
        self._now = START
        self._revision = 1_000

    def _tick(self) -> dict[str, Any]:
        self._now += timedelta(minutes=1)
        self._revision += 1
        return {"occurred_at": self._now, "revision": self._revision}

    def again(self, fact: FactT) -> FactT:
        """The same, said once more later."""
        return fact.model_copy(update=self._tick())

    def at(self, moment: datetime) -> "Story":
        self._now = moment
        return self

    def organisation(
        self, organisation_id: UUID, size: SizeClass = SizeClass.SMALL, name: str = "Ostsee GmbH"
    ) -> OrganisationState:
        self._revision += 1
        return OrganisationState(
            revision=self._revision,
            organisation_id=organisation_id,
            organisation_name=name,
            kind=OrganisationKind.COMPANY,
            size_class=size,
        )

    def member(self, member_id: UUID, *roles: Role, name: str = "Kim Muster") -> MemberState:
        self._revision += 1
        return MemberState(
            revision=self._revision,
            member_id=member_id,
            member_name=name,
            email="kim@example.org",
            language=Language.GERMAN,
            roles=roles or (Role.MEMBER,),
            organisation_ids=(),
            sessions_valid_from=START,
        )

    def an_offer(
        self, organisation_id: UUID | None = None, *, category: str = "diagnostics"
    ) -> ListingCreated:
        return self._listing(organisation_id or uuid4(), category, ListingKind.OFFER)

    def a_request(
        self, organisation_id: UUID | None = None, *, category: str = "diagnostics"
    ) -> ListingCreated:
        return self._listing(organisation_id or uuid4(), category, ListingKind.REQUEST)

    def _listing(self, organisation_id: UUID, category: str, kind: ListingKind) -> ListingCreated:
        return ListingCreated(
            **self._tick(),
            listing_id=uuid4(),
            organisation_id=organisation_id,
            content=ListingContent(
                kind=kind,
                cooperation=Cooperation.PRODUCT,
                title="Dosierpumpen",
                description="Dosierpumpen für Labore",
                category=Category(
                    slug=category, label_de=f"{category} (de)", label_en=f"{category} (en)"
                ),
                valid_until=START + timedelta(days=90),
                language=Language.GERMAN,
                visibility=Visibility.PUBLIC,
            ),
        )

    def narrowed(self, listing: ListingCreated) -> ListingCreated:
        """The one that takes its place, for fewer eyes."""
        fewer = listing.content.model_copy(update={"visibility": Visibility.CLUSTER})
        successor = {"listing_id": uuid4(), "replaces": listing.listing_id, "content": fewer}
        return listing.model_copy(update=successor | self._tick())

    def closed(
        self,
        listing: ListingCreated,
        answer: ClosingAnswer | None = None,
        *,
        reason: ClosingReason = ClosingReason.WITHDRAWN,
    ) -> ListingClosed:
        return ListingClosed(
            **self._tick(),
            listing_id=listing.listing_id,
            organisation_id=listing.organisation_id,
            kind=listing.content.kind,
            title=listing.content.title,
            language=listing.content.language,
            reason=reason,
            answer=answer,
        )

    def a_proposal(self, offer: ListingCreated, request: ListingCreated) -> MatchProposed:
        sides = [
            ProposedListing(
                listing_id=each.listing_id,
                organisation_id=each.organisation_id,
                title=each.content.title,
                language=Language.GERMAN,
            )
            for each in (offer, request)
        ]
        return MatchProposed(
            **self._tick(),
            proposal_id=uuid4(),
            offer=sides[0],
            request=sides[1],
            strength=Strength.STRONG,
            reasons=Reasons(),
            engine_version="q-1",
        )

    def a_mail_about(self, proposal: MatchProposed) -> MailSent:
        return MailSent(
            **self._tick(),
            mail_id=uuid4(),
            member_id=uuid4(),
            purpose=MailPurpose.PROPOSALS,
            template="proposal",
            about_id=proposal.proposal_id,
        )

    def bounced(self, mail: MailSent) -> MailBounced:
        kept = mail.model_dump() | self._tick()
        return MailBounced(**kept, hard=True, diagnostic="550 kim@example.org unknown")

    def interested_in(self, proposal: MatchProposed) -> MatchAnswered:
        return MatchAnswered(
            **self._tick(),
            proposal_id=proposal.proposal_id,
            side="request",
            offer_id=proposal.offer.listing_id,
            request_id=proposal.request.listing_id,
            organisation_id=proposal.request.organisation_id,
            counterpart_organisation_id=proposal.offer.organisation_id,
            member_id=uuid4(),
            answer=Answer.INTERESTED,
        )

    def a_contact(
        self,
        requesting: UUID | None = None,
        owning: UUID | None = None,
        *,
        proposal: MatchProposed | None = None,
    ) -> ContactRequested:
        """Of a proposal, its seeking side asks for its offer."""
        seeking = proposal.request.organisation_id if proposal else None
        offering = proposal.offer.organisation_id if proposal else None
        return ContactRequested(
            **self._tick(),
            contact_id=uuid4(),
            listing_id=proposal.offer.listing_id if proposal else uuid4(),
            listing_title="Dosierpumpen",
            listing_language=Language.GERMAN,
            proposal_id=proposal.proposal_id if proposal else None,
            requesting_organisation_id=requesting or seeking or uuid4(),
            requesting_member_id=uuid4(),
            owning_organisation_id=owning or offering or uuid4(),
            requesting_organisation_name="Ostsee GmbH",
            message="Guten Tag, wir hätten Interesse.",
            lapses_at=START + timedelta(days=21),
        )

    def accepted(self, contact: ContactRequested) -> ContactAccepted:
        kept = contact.model_dump() | self._tick()
        requester = _party(contact.requesting_organisation_id, contact.requesting_member_id)
        owner = _party(contact.owning_organisation_id, uuid4())
        return ContactAccepted(**kept, requester=requester, owner=owner)

    def asked(self, contact: ContactRequested) -> OutcomeAsked:
        return OutcomeAsked(
            **self._tick(),
            question_id=uuid4(),
            contact_id=contact.contact_id,
            organisation_id=contact.requesting_organisation_id,
            after_days=7,
            member_id=contact.requesting_member_id,
            listing_title=contact.listing_title,
            counterpart_organisation_id=contact.owning_organisation_id,
            closes_at=START + timedelta(days=28),
        )

    def reported(
        self, asked: OutcomeAsked, outcome: Outcome = Outcome.QUOTE, *, final: bool = False
    ) -> OutcomeReported:
        return OutcomeReported(
            **self._tick(),
            question_id=asked.question_id,
            contact_id=asked.contact_id,
            organisation_id=asked.organisation_id,
            after_days=asked.after_days,
            outcome=outcome,
            final=final,
        )

    def declined(self, contact: ContactRequested) -> ContactDeclined:
        kept = contact.model_dump() | self._tick()
        return ContactDeclined(
            **kept, reason=DeclineReason.REGION, explanation="Zu weit weg, Grüße von Kim"
        )

    def taken_back(self, contact: ContactRequested) -> ContactWithdrawn:
        return ContactWithdrawn(**contact.model_dump() | self._tick())


def _party(organisation_id: UUID, member_id: UUID) -> Party:
    return Party(
        organisation_id=organisation_id,
        organisation_name="Ostsee GmbH",
        member_id=member_id,
        member_name="Kim Muster",
        email="kim@example.org",
    )


@pytest.fixture
def story() -> Story:
    return Story()
