"""The mails about what was not found by itself: saved searches, unmet requests, enquiries.

Unmet requests can wait and come together, as many may be found at once; so do the hits that follow
a first one, as an import brings.
Whoever is asked can say no for ever on the page behind the mail, and whoever searches can delete
the search there. An enquiry that reached nobody goes out once more for each attempt. Of a yes that
was taken back whoever seeks hears only where they were told of it.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from notifications.letter import BROKERS, LINK_LIFE, Addressee, Letter, Link, Page, useful_for
from schemas.claims import NO_ORGANISATION
from schemas.links import LinkPurpose
from schemas.request import EnquiryAnswered, EnquiryApproved, RequestUnmet
from schemas.search import SearchHit
from schemas.vocabulary import EnquiryAnswer, MailPurpose

HIT_LIFE = timedelta(days=7)
UNMET_LIFE = timedelta(days=7)
ANSWER_LIFE = timedelta(days=14)


def _search_page(event: SearchHit) -> Link:
    return Link(
        purpose=LinkPurpose.SEARCH,
        object_id=event.search_id,
        expires_at=event.occurred_at + LINK_LIFE,
    )


def _enquiry_page(event: EnquiryApproved) -> Link:
    return Link(
        purpose=LinkPurpose.ENQUIRY, object_id=event.enquiry_id, expires_at=event.expires_at
    )


def _request_page(event: EnquiryAnswered) -> Link:
    return Link(
        purpose=LinkPurpose.LISTING,
        object_id=event.request_id,
        expires_at=event.occurred_at + LINK_LIFE,
    )


def _whoever_seeks(event: EnquiryAnswered) -> tuple[Addressee, ...]:
    return (Addressee(organisation_id=event.requesting_organisation_id),)


def _answer(event: EnquiryAnswered) -> UUID:
    return uuid5(event.enquiry_id, f"answer {event.revision}")


def _brokers_where_nobody_joined(event: EnquiryAnswered) -> tuple[Addressee, ...]:
    """No member of the organisation can ask for the contact: somebody brings them together."""
    is_for_brokers = event.answer is EnquiryAnswer.YES and event.member_id is None
    return (BROKERS,) if is_for_brokers else ()


def attempts_before(event: EnquiryApproved) -> tuple[UUID, ...]:
    """What an attempt puts an end to, so that nobody reads the same twice."""
    return tuple(_given_up(event, attempt) for attempt in range(1, event.attempt))


def _given_up(event: EnquiryApproved, attempt: int) -> UUID:
    return uuid5(event.enquiry_id, f"attempt {attempt} given up")


def _attempt(event: EnquiryApproved) -> UUID:
    """The first is named like the enquiry."""
    first = event.attempt == 1
    return event.enquiry_id if first else uuid5(event.enquiry_id, f"attempt {event.attempt}")


def _until_it_need_not_be_asked(event: EnquiryApproved) -> tuple[UUID, ...]:
    """The organisation stands there for its wish to be asked nothing more."""
    attempt = _given_up(event, event.attempt)
    return (event.enquiry_id, event.request_id, attempt, event.organisation_id)


SEARCH_HIT = Letter(
    template="search_hit",
    event=SearchHit,
    purpose=MailPurpose.PROPOSALS,
    addressees=lambda e: (Addressee(organisation_id=NO_ORGANISATION, member_id=e.member_id),),
    useful_until=useful_for(HIT_LIFE),
    link=lambda e: Page(path=f"/listings/{e.listing_id}"),
    ends_with=lambda e: (e.listing_id,),
    once_per=lambda e: e.hit_id,
    stop=_search_page,
    together=Page(path="/matching/searches"),
    first_at_once=True,
)
REQUEST_UNMET = Letter(
    template="request_unmet",
    event=RequestUnmet,
    purpose=MailPurpose.ACCOUNT,
    addressees=lambda _: (BROKERS,),
    useful_until=useful_for(UNMET_LIFE),
    link=lambda e: Page(path=f"/matching/unmet/{e.request_id}"),
    ends_with=lambda e: (e.request_id,),
    once_per=lambda e: e.request_id,
    together=Page(path="/matching/unmet"),
)
ENQUIRY_APPROVED = Letter(
    template="enquiry_approved",
    event=EnquiryApproved,
    purpose=MailPurpose.CONTACTS,
    addressees=lambda e: (Addressee(organisation_id=e.organisation_id, side="offer"),),
    useful_until=lambda e: e.expires_at,
    link=_enquiry_page,
    ends_with=_until_it_need_not_be_asked,
    once_per=_attempt,
    stop=_enquiry_page,
)
ENQUIRY_AGREED = Letter(
    template="enquiry_agreed",
    event=EnquiryAnswered,
    purpose=MailPurpose.CONTACTS,
    addressees=_whoever_seeks,
    useful_until=useful_for(ANSWER_LIFE),
    link=_request_page,
    once_per=_answer,
)
ENQUIRY_TAKEN_BACK = replace(ENQUIRY_AGREED, template="enquiry_taken_back")
ENQUIRY_ANSWERED = Letter(
    template="enquiry_answered",
    event=EnquiryAnswered,
    purpose=MailPurpose.ACCOUNT,
    addressees=_brokers_where_nobody_joined,
    useful_until=useful_for(ANSWER_LIFE),
    link=lambda e: Page(path=f"/matching/unmet/{e.request_id}"),
    once_per=_answer,
)
