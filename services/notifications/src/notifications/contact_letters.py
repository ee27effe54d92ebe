"""The mails about contacts: a message, its reminder, and what became of it."""

from datetime import timedelta
from uuid import UUID

from notifications.letter import BROKERS, LINK_LIFE, Addressee, Letter, Link, Page, useful_for
from schemas.contact import (
    ContactAccepted,
    ContactAnswerDue,
    ContactDeclined,
    ContactFact,
    ContactLapsed,
    ContactRequested,
)
from schemas.links import LinkPurpose
from schemas.vocabulary import MailPurpose

CONTACT_LIFE = timedelta(days=14)


def _owner(event: ContactFact) -> tuple[Addressee, ...]:
    return (Addressee(organisation_id=event.owning_organisation_id),)


def _brokers_where_nobody_joined(event: ContactRequested) -> tuple[Addressee, ...]:
    """Nobody of the owner reads it: somebody who can telephone is told."""
    return () if event.owner_has_members else (BROKERS,)


def _requester(event: ContactFact) -> tuple[Addressee, ...]:
    requester = event.requesting_organisation_id
    return (Addressee(organisation_id=requester, member_id=event.requesting_member_id),)


def _both_parties(event: ContactAccepted) -> tuple[Addressee, ...]:
    return tuple(
        Addressee(organisation_id=party.organisation_id, member_id=party.member_id, side=side)
        for side, party in (("requester", event.requester), ("owner", event.owner))
    )


def _contact(event: ContactFact) -> tuple[UUID, ...]:
    """Not the listing: whoever wrote waits for an answer, also about one that was closed since."""
    return (event.contact_id,)


def _the_contact(event: ContactFact) -> UUID:
    """What time does to a contact, it does once, also where a restore forgot it."""
    return event.contact_id


def _contact_page(event: ContactFact) -> Link:
    return Link(
        purpose=LinkPurpose.CONTACT,
        object_id=event.contact_id,
        expires_at=event.occurred_at + LINK_LIFE,
    )


CONTACT_REQUESTED = Letter(
    template="contact_requested",
    event=ContactRequested,
    purpose=MailPurpose.CONTACTS,
    addressees=_owner,
    useful_until=lambda e: min(e.occurred_at + CONTACT_LIFE, e.lapses_at),
    link=_contact_page,
    ends_with=_contact,
)
CONTACT_UNREAD = Letter(
    template="contact_unread",
    event=ContactRequested,
    purpose=MailPurpose.ACCOUNT,
    addressees=_brokers_where_nobody_joined,
    useful_until=lambda e: min(e.occurred_at + CONTACT_LIFE, e.lapses_at),
    link=lambda e: Page(path=f"/listings/{e.listing_id}"),
    ends_with=_contact,
)
CONTACT_ANSWER_DUE = Letter(
    template="contact_answer_due",
    event=ContactAnswerDue,
    purpose=MailPurpose.CONTACTS,
    addressees=_owner,
    useful_until=lambda e: e.lapses_at,
    link=_contact_page,
    ends_with=_contact,
    once_per=_the_contact,
)
CONTACT_ACCEPTED = Letter(
    template="contact_accepted",
    event=ContactAccepted,
    purpose=MailPurpose.CONTACTS,
    addressees=_both_parties,
    useful_until=useful_for(CONTACT_LIFE),
    link=_contact_page,
)
CONTACT_DECLINED = Letter(
    template="contact_declined",
    event=ContactDeclined,
    purpose=MailPurpose.CONTACTS,
    addressees=_requester,
    useful_until=useful_for(CONTACT_LIFE),
    link=_contact_page,
)
CONTACT_LAPSED = Letter(
    template="contact_lapsed",
    event=ContactLapsed,
    purpose=MailPurpose.CONTACTS,
    addressees=_requester,
    useful_until=useful_for(CONTACT_LIFE),
    link=_contact_page,
    once_per=_the_contact,
)
