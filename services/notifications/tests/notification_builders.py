"""Builders that read as English: events and states with everything in place."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas import (
    contact,
    listing,
    match,
    member,
    organisation,
    outcome,
    request,
    search,
    vocabulary,
)
from schemas.place import Category

PROTECTION = Category(
    slug="ppe", label_de="Persönliche Schutzausrüstung", label_en="Protective equipment"
)


@dataclass(frozen=True, kw_only=True)
class Builders:
    """Events and states with everything in place; tests say only what matters."""

    unique: str

    def address(self, name: str) -> str:
        return f"{name}-{self.unique}@example.org"

    def a_member(
        self, name: str = "Kim Muster", *, of: UUID | None = None, **changes: Any
    ) -> member.MemberState:
        values: dict[str, Any] = {
            "revision": 1,
            "member_id": uuid4(),
            "member_name": name,
            "email": self.address(name.split(maxsplit=1)[0].lower()),
            "language": "de",
            "roles": ("member",),
            "organisation_ids": (of,) if of else (),
            "sessions_valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        }
        return member.MemberState(**values | changes)

    def a_sign_in(self, **changes: Any) -> member.SignInRequested:
        at = changes.pop("at", datetime.now(UTC))
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": at,
            "member_id": uuid4(),
            "email": self.address("kim"),
            "language": "de",
            "nonce": uuid4(),
            "expires_at": at + timedelta(minutes=15),
        }
        return member.SignInRequested(**values | changes)

    def a_decision(
        self, decision: str, *, about: member.MemberState, **changes: Any
    ) -> member.RegistrationDecided:
        declined = {
            "reason": "Bitte schreiben Sie uns\nvon einer Adresse der <b>Organisation</b>.",
            "appeal_to": "einspruch@example.org",
        }
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "registration_id": uuid4(),
            "member_id": about.member_id,
            "organisation_id": uuid4(),
            "organisation_name": "Hanse Textil GmbH",
            "decision": decision,
            "by_colleague": False,
            **(declined if decision == "declined" else {}),
        }
        return member.RegistrationDecided(**values | changes)

    def a_move(self, *, of: member.MemberState, **changes: Any) -> member.AddressChanged:
        """Away from an address of which the member's state says nothing any more."""
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "change_id": uuid4(),
            "member_id": of.member_id,
            "former_email": self.address("frueher"),
            "language": of.language,
        }
        return member.AddressChanged(**values | changes)

    def a_listing(
        self, title: str, *, by: UUID, kind: str = "offer", **changes: Any
    ) -> listing.ListingCreated:
        at = datetime.now(UTC)
        content = listing.ListingContent(
            kind=vocabulary.ListingKind(kind),
            cooperation=vocabulary.Cooperation.PRODUCT,
            title=title,
            description="Ab Lager.",
            category=PROTECTION,
            valid_until=at + timedelta(days=90),
            language=vocabulary.Language.GERMAN,
            visibility=vocabulary.Visibility(changes.pop("visibility", "public")),
        )
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": at,
            "listing_id": uuid4(),
            "organisation_id": by,
            "content": content,
        }
        return listing.ListingCreated(**values | changes)

    def a_rejection(self, title: str, *, by: UUID, **changes: Any) -> listing.ListingRejected:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "listing_id": uuid4(),
            "organisation_id": by,
            "kind": "request",
            "title": title,
            "language": "de",
            "reason": "incomplete",
            "rule": "Ein Gesuch nennt Menge und Termin.",
            "appeal_to": "einspruch@example.org",
        }
        return listing.ListingRejected(**values | changes)

    def a_question_of_freshness(
        self, title: str, *, by: UUID, because: str = "week-before"
    ) -> listing.ListingConfirmationDue:
        return listing.ListingConfirmationDue(
            revision=1,
            occurred_at=datetime.now(UTC),
            listing_id=uuid4(),
            organisation_id=by,
            kind=vocabulary.ListingKind.OFFER,
            title=title,
            language=vocabulary.Language.GERMAN,
            confirm_by=datetime.now(UTC) + timedelta(days=7),
            asked_because=because,
        )

    def a_proposal(
        self, *, offer_by: UUID, request_by: UUID, **changes: Any
    ) -> match.MatchProposed:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "proposal_id": uuid4(),
            "offer": match.ProposedListing(
                listing_id=uuid4(),
                organisation_id=offer_by,
                title="FFP2-Masken",
                language=vocabulary.Language.GERMAN,
                city="Güstrow",
            ),
            "request": match.ProposedListing(
                listing_id=uuid4(),
                organisation_id=request_by,
                title="Atemschutz für Pflegeheim",
                language=vocabulary.Language.GERMAN,
            ),
            "strength": "strong",
            "reasons": match.Reasons(
                words=(match.WordPair(request_word="Atemschutz", offer_word="respirators"),),
                same_category=PROTECTION,
                distance_km=38,
                needed_by=datetime(2026, 12, 15, tzinfo=UTC).date(),
            ),
            "engine_version": "1",
        }
        return match.MatchProposed(**values | changes)

    def a_withdrawal(self, proposal: match.MatchProposed) -> match.MatchWithdrawn:
        return match.MatchWithdrawn(
            revision=2,
            occurred_at=datetime.now(UTC),
            proposal_id=proposal.proposal_id,
            offer_id=proposal.offer.listing_id,
            request_id=proposal.request.listing_id,
        )

    def a_closing(self, listing_id: UUID, *, by: UUID) -> listing.ListingClosed:
        return listing.ListingClosed(
            revision=2,
            occurred_at=datetime.now(UTC),
            listing_id=listing_id,
            organisation_id=by,
            kind=vocabulary.ListingKind.OFFER,
            title="FFP2-Masken",
            language=vocabulary.Language.GERMAN,
            reason=vocabulary.ClosingReason.WITHDRAWN,
        )

    def a_contact(self, *, owner: UUID, requester: member.MemberState) -> dict[str, Any]:
        return {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "contact_id": uuid4(),
            "listing_id": uuid4(),
            "listing_title": "FFP2-Masken",
            "listing_language": "de",
            "requesting_organisation_id": requester.organisation_ids[0],
            "requesting_member_id": requester.member_id,
            "owning_organisation_id": owner,
        }

    def a_message(
        self,
        text: str,
        *,
        owner: UUID,
        requester: member.MemberState,
        name: str | None,
        **changes: Any,
    ) -> contact.ContactRequested:
        values = self.a_contact(owner=owner, requester=requester)
        values |= {
            "requesting_organisation_name": name,
            "message": text,
            "lapses_at": datetime.now(UTC) + timedelta(days=21),
        }
        return contact.ContactRequested(**values | changes)

    def a_reminder(
        self, *, owner: UUID, requester: member.MemberState, **changes: Any
    ) -> contact.ContactAnswerDue:
        values = self.a_contact(owner=owner, requester=requester)
        values |= {
            "requesting_organisation_name": "Pflegeheim am See",
            "lapses_at": datetime.now(UTC) + timedelta(days=4),
        }
        return contact.ContactAnswerDue(**values | changes)

    def an_acceptance(
        self, *, owner: member.MemberState, requester: member.MemberState, **changes: Any
    ) -> contact.ContactAccepted:
        values = self.a_contact(owner=owner.organisation_ids[0], requester=requester)
        values |= changes
        return contact.ContactAccepted(
            **values,
            requester=_party("Pflegeheim am See", requester),
            owner=_party("Hanse Textil GmbH", owner),
        )

    def a_refusal(
        self, *, owner: UUID, requester: member.MemberState, **changes: Any
    ) -> contact.ContactDeclined:
        values = self.a_contact(owner=owner, requester=requester)
        values |= {"reason": "quantity", "explanation": "Wir liefern erst ab 10.000 Stück."}
        return contact.ContactDeclined(**values | changes)

    def a_lapse(
        self, *, owner: UUID, requester: member.MemberState, **changes: Any
    ) -> contact.ContactLapsed:
        return contact.ContactLapsed(**self.a_contact(owner=owner, requester=requester) | changes)

    def taken_back(
        self, *, owner: UUID, requester: member.MemberState, **changes: Any
    ) -> contact.ContactWithdrawn:
        values = self.a_contact(owner=owner, requester=requester)
        return contact.ContactWithdrawn(**values | changes)

    def a_question(
        self, *, of: member.MemberState, counterpart: UUID, **changes: Any
    ) -> outcome.OutcomeAsked:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "question_id": uuid4(),
            "contact_id": uuid4(),
            "organisation_id": of.organisation_ids[0],
            "after_days": 7,
            "member_id": of.member_id,
            "listing_title": "FFP2-Masken",
            "counterpart_organisation_id": counterpart,
            "closes_at": datetime.now(UTC) + timedelta(days=21),
        }
        return outcome.OutcomeAsked(**values | changes)

    def an_organisation(
        self, name: str, organisation_id: UUID, **changes: Any
    ) -> organisation.OrganisationState:
        values: dict[str, Any] = {
            "revision": 1,
            "organisation_id": organisation_id,
            "organisation_name": name,
            "kind": "company",
            "size_class": "small",
        }
        return organisation.OrganisationState(**values | changes)

    def a_hit(self, title: str, *, of: member.MemberState, **changes: Any) -> search.SearchHit:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "hit_id": uuid4(),
            "search_id": uuid4(),
            "member_id": of.member_id,
            "words": "Dosierpumpe Labor",
            "listing_id": uuid4(),
            "organisation_id": uuid4(),
            "kind": "offer",
            "title": title,
            "language": "de",
            "city": "Güstrow",
        }
        return search.SearchHit(**values | changes)

    def an_unmet_request(self, title: str, *, by: UUID, **changes: Any) -> request.RequestUnmet:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "request_id": uuid4(),
            "organisation_id": by,
            "title": title,
            "language": "de",
            "category": PROTECTION,
            "published_at": datetime.now(UTC) - timedelta(days=1),
            "possible_proposals": 2,
            "candidates": 7,
        }
        return request.RequestUnmet(**values | changes)

    def an_enquiry(
        self, *, to: UUID, about_request_of: UUID, **changes: Any
    ) -> request.EnquiryApproved:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "enquiry_id": uuid4(),
            "request_id": uuid4(),
            "request_title": "Schutzkittel für die Pflege",
            "request_language": "de",
            "requesting_organisation_id": about_request_of,
            "organisation_id": to,
            "question": "Könnten Sie uns bis Mitte Dezember 200 Kittel nähen?",
            "request_description": "Waschbare Schutzkittel, Größen S bis XXL.",
            "reasons": match.Reasons(
                words=(match.WordPair(request_word="Schutzkittel", offer_word="Berufskleidung"),),
                distance_km=12,
            ),
            "expires_at": datetime.now(UTC) + timedelta(days=14),
        }
        return request.EnquiryApproved(**values | changes)

    def an_answer(
        self, answer: str, enquiry: request.EnquiryApproved, **changes: Any
    ) -> request.EnquiryAnswered:
        values: dict[str, Any] = {
            **enquiry.model_dump(include=set(request.EnquiryFact.model_fields)),
            "member_id": uuid4(),
            "answer": answer,
            "note": "Ab 100 Stück, Lieferzeit drei Wochen.",
            "category": PROTECTION,
        }
        return request.EnquiryAnswered(**values | changes)


def _party(name: str, of: member.MemberState) -> contact.Party:
    return contact.Party(
        organisation_id=of.organisation_ids[0],
        organisation_name=name,
        member_id=of.member_id,
        member_name=of.member_name,
        email=of.email,
    )
