"""A fact as the ledger keeps it: ids, slugs and times of an event, never its names and texts."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import singledispatch
from typing import TypeAlias
from uuid import UUID

from schemas.contact import ContactDeclined, ContactFact
from schemas.event import Fact
from schemas.listing import ListingClosed, ListingCreated, ListingUpdated
from schemas.mail import MailBounced, MailFact
from schemas.match import MatchAnswered, MatchProposed, MatchWithdrawn
from schemas.outcome import OutcomeAsked, OutcomeReported

Slugs: TypeAlias = dict[str, str | int | bool]


class Uncounted(TypeError):
    """The ledger does not know what to keep of this fact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What a fact concerns; ``organisation_id`` is the one that acted or is asked.

    ``about_id`` is the proposal behind a contact, the aggregate that caused a mail, the question
    that an outcome answers, or the listing that a new one replaces. A sign-in is about the member.
    """

    listing_id: UUID | None = None
    offer_id: UUID | None = None
    request_id: UUID | None = None
    about_id: UUID | None = None
    organisation_id: UUID | None = None
    counterpart_organisation_id: UUID | None = None
    member_id: UUID | None = None
    slugs: Slugs = field(default_factory=dict)

    @property
    def subjects(self) -> frozenset[UUID]:
        ids = (self.organisation_id, self.counterpart_organisation_id, self.member_id)
        return frozenset(each for each in ids if each is not None)

    def without(self, erased: frozenset[UUID]) -> "Particulars":
        """The same, of nobody where the subject is erased already."""

        def kept(subject: UUID | None) -> UUID | None:
            return None if subject in erased else subject

        return replace(
            self,
            organisation_id=kept(self.organisation_id),
            counterpart_organisation_id=kept(self.counterpart_organisation_id),
            member_id=kept(self.member_id),
            about_id=kept(self.about_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger."""

    event_id: UUID
    type: str
    occurred_at: datetime
    revision: int
    aggregate_id: UUID
    particulars: Particulars

    def without(self, erased: frozenset[UUID]) -> "Entry":
        return replace(self, particulars=self.particulars.without(erased))


def entry_of(fact: Fact, event_id: UUID) -> Entry:
    return Entry(
        event_id=event_id,
        type=fact.name,
        occurred_at=fact.occurred_at,
        revision=fact.revision,
        aggregate_id=fact.aggregate_id(),
        particulars=_particulars(fact),
    )


@singledispatch
def _particulars(fact: Fact) -> Particulars:
    raise Uncounted(fact.name)


@_particulars.register(ListingCreated)
@_particulars.register(ListingUpdated)
def _(fact: ListingCreated | ListingUpdated) -> Particulars:
    content = fact.content
    return Particulars(
        listing_id=fact.listing_id,
        about_id=fact.replaces if isinstance(fact, ListingCreated) else None,
        organisation_id=fact.organisation_id,
        slugs={
            "kind": content.kind,
            "category": content.category.slug,
            "cooperation": content.cooperation,
            "language": content.language,
        },
    )


@_particulars.register
def _(fact: ListingClosed) -> Particulars:
    answer: Slugs = {} if fact.answer is None else {"answer": fact.answer}
    return Particulars(
        listing_id=fact.listing_id,
        organisation_id=fact.organisation_id,
        slugs={"kind": fact.kind, "reason": fact.reason, **answer},
    )


@_particulars.register
def _(fact: MatchProposed) -> Particulars:
    return Particulars(
        offer_id=fact.offer.listing_id,
        request_id=fact.request.listing_id,
        organisation_id=fact.offer.organisation_id,
        counterpart_organisation_id=fact.request.organisation_id,
        slugs={"strength": fact.strength, "engine": fact.engine_version},
    )


@_particulars.register
def _(fact: MatchAnswered) -> Particulars:
    reason: Slugs = {} if fact.reason is None else {"reason": fact.reason}
    return Particulars(
        offer_id=fact.offer_id,
        request_id=fact.request_id,
        organisation_id=fact.organisation_id,
        counterpart_organisation_id=fact.counterpart_organisation_id,
        member_id=fact.member_id,
        slugs={"side": fact.side, "answer": fact.answer, **reason},
    )


@_particulars.register
def _(fact: MatchWithdrawn) -> Particulars:
    return Particulars(offer_id=fact.offer_id, request_id=fact.request_id)


@_particulars.register
def _(fact: ContactFact) -> Particulars:
    return Particulars(
        listing_id=fact.listing_id,
        about_id=fact.proposal_id,
        organisation_id=fact.requesting_organisation_id,
        counterpart_organisation_id=fact.owning_organisation_id,
        member_id=fact.requesting_member_id,
        slugs={"reason": fact.reason} if isinstance(fact, ContactDeclined) else {},
    )


@_particulars.register
def _(fact: MailFact) -> Particulars:
    bounced: Slugs = {"hard": fact.hard} if isinstance(fact, MailBounced) else {}
    return Particulars(
        about_id=fact.about_id,
        member_id=fact.member_id,
        slugs={"purpose": fact.purpose, "template": fact.template, **bounced},
    )


@_particulars.register
def _(fact: OutcomeAsked) -> Particulars:
    return Particulars(
        about_id=fact.question_id,
        organisation_id=fact.organisation_id,
        counterpart_organisation_id=fact.counterpart_organisation_id,
        member_id=fact.member_id,
        slugs={"after_days": fact.after_days},
    )


@_particulars.register
def _(fact: OutcomeReported) -> Particulars:
    reason: Slugs = {} if fact.reason is None else {"reason": fact.reason}
    return Particulars(
        about_id=fact.question_id,
        organisation_id=fact.organisation_id,
        slugs={
            "after_days": fact.after_days,
            "outcome": fact.outcome,
            "final": fact.final,
            **reason,
        },
    )
