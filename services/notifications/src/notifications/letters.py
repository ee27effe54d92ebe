"""Every kind of mail: the event it follows, whom it goes to, how long it is of use, its links.

The words of a letter stand in ``templates/mails/<template>/``.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from notifications.contact_letters import (
    CONTACT_ACCEPTED,
    CONTACT_ANSWER_DUE,
    CONTACT_DECLINED,
    CONTACT_LAPSED,
    CONTACT_REQUESTED,
    CONTACT_UNREAD,
)
from notifications.letter import LINK_LIFE, Addressee, Letter, Link, Page, useful_for
from notifications.search_letters import (
    ENQUIRY_AGREED,
    ENQUIRY_ANSWERED,
    ENQUIRY_APPROVED,
    ENQUIRY_TAKEN_BACK,
    REQUEST_UNMET,
    SEARCH_HIT,
)
from schemas.claims import NO_ORGANISATION
from schemas.links import LinkPurpose
from schemas.listing import ListingConfirmationDue, ListingCreated, ListingFact, ListingRejected
from schemas.match import MatchProposed
from schemas.member import AddressChanged, RegistrationDecided, SignInRequested
from schemas.outcome import OutcomeAsked
from schemas.vocabulary import MailPurpose, RegistrationDecision

PROPOSAL_LIFE = timedelta(days=3)
LISTING_LIFE = timedelta(days=7)
REGISTRATION_LIFE = timedelta(days=14)
ADDRESS_LIFE = timedelta(days=3)


def _whoever_asked(event: SignInRequested | RegistrationDecided) -> tuple[Addressee, ...]:
    return (Addressee(organisation_id=NO_ORGANISATION, member_id=event.member_id),)


def _onwards(event: RegistrationDecided) -> Page:
    """Where to begin, or where to ask for another organisation; either asks to sign in."""
    is_approved = event.decision is RegistrationDecision.APPROVED
    return Page(path="/sign-in" if is_approved else "/my/organisations")


def _owner(event: ListingFact) -> tuple[Addressee, ...]:
    return (Addressee(organisation_id=event.organisation_id),)


def _both_sides(event: MatchProposed) -> tuple[Addressee, ...]:
    return (
        Addressee(organisation_id=event.offer.organisation_id, side="offer"),
        Addressee(organisation_id=event.request.organisation_id, side="request"),
    )


def _listing(event: ListingFact) -> tuple[UUID, ...]:
    return (event.listing_id,)


def _proposal_and_its_listings(event: MatchProposed) -> tuple[UUID, ...]:
    return (event.proposal_id, event.offer.listing_id, event.request.listing_id)


def _question(event: ListingConfirmationDue) -> UUID:
    """A sweep that ran twice, as after a restore, asks the same."""
    return uuid5(event.listing_id, f"{event.confirm_by.isoformat()} {event.asked_because}")


def _listing_page(event: ListingFact) -> Link:
    return Link(
        purpose=LinkPurpose.LISTING,
        object_id=event.listing_id,
        expires_at=event.occurred_at + LINK_LIFE,
    )


SIGN_IN = Letter(
    template="sign_in",
    event=SignInRequested,
    purpose=MailPurpose.ACCOUNT,
    addressees=_whoever_asked,
    useful_until=lambda e: e.expires_at,
    link=lambda e: Link(purpose=LinkPurpose.SIGN_IN, object_id=e.nonce, expires_at=e.expires_at),
)
REGISTRATION_DECIDED = Letter(
    template="registration_decided",
    event=RegistrationDecided,
    purpose=MailPurpose.ACCOUNT,
    addressees=_whoever_asked,
    useful_until=useful_for(REGISTRATION_LIFE),
    link=_onwards,
)
ADDRESS_CHANGED = Letter(
    template="address_changed",
    event=AddressChanged,
    purpose=MailPurpose.ACCOUNT,
    addressees=lambda e: (Addressee(organisation_id=NO_ORGANISATION, member_id=e.change_id),),
    useful_until=useful_for(ADDRESS_LIFE),
    link=lambda _: Page(path="/"),
)
LISTING_PUBLISHED = Letter(
    template="listing_published",
    event=ListingCreated,
    purpose=MailPurpose.ACCOUNT,
    addressees=_owner,
    useful_until=useful_for(LISTING_LIFE),
    link=_listing_page,
    ends_with=_listing,
)
LISTING_REJECTED = Letter(
    template="listing_rejected",
    event=ListingRejected,
    purpose=MailPurpose.ACCOUNT,
    addressees=_owner,
    useful_until=useful_for(LISTING_LIFE),
    link=_listing_page,
)
CONFIRMATION_DUE = Letter(
    template="confirmation_due",
    event=ListingConfirmationDue,
    purpose=MailPurpose.ACCOUNT,
    addressees=_owner,
    useful_until=lambda e: e.confirm_by,
    link=_listing_page,
    ends_with=_listing,
    once_per=_question,
)
PROPOSAL = Letter(
    template="proposal",
    event=MatchProposed,
    purpose=MailPurpose.PROPOSALS,
    addressees=_both_sides,
    useful_until=useful_for(PROPOSAL_LIFE),
    link=lambda e: Link(
        purpose=LinkPurpose.PROPOSAL,
        object_id=e.proposal_id,
        expires_at=e.occurred_at + LINK_LIFE,
    ),
    ends_with=_proposal_and_its_listings,
    once_per=lambda e: e.proposal_id,
)
OUTCOME_ASKED = Letter(
    template="outcome_asked",
    event=OutcomeAsked,
    purpose=MailPurpose.SURVEYS,
    addressees=lambda e: (Addressee(organisation_id=e.organisation_id, member_id=e.member_id),),
    useful_until=lambda e: e.closes_at,
    link=lambda e: Link(
        purpose=LinkPurpose.OUTCOME, object_id=e.question_id, expires_at=e.closes_at
    ),
    once_per=lambda e: e.question_id,
)
LETTERS: tuple[Letter[Any], ...] = (
    SIGN_IN,
    REGISTRATION_DECIDED,
    ADDRESS_CHANGED,
    LISTING_PUBLISHED,
    LISTING_REJECTED,
    CONFIRMATION_DUE,
    PROPOSAL,
    CONTACT_REQUESTED,
    CONTACT_UNREAD,
    CONTACT_ANSWER_DUE,
    CONTACT_ACCEPTED,
    CONTACT_DECLINED,
    CONTACT_LAPSED,
    OUTCOME_ASKED,
    SEARCH_HIT,
    REQUEST_UNMET,
    ENQUIRY_APPROVED,
    ENQUIRY_AGREED,
    ENQUIRY_TAKEN_BACK,
    ENQUIRY_ANSWERED,
)
BY_TEMPLATE = {letter.template: letter for letter in LETTERS}
