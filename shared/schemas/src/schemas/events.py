"""Every released event, in one tuple: what tests, documentation and provisioning go through."""

from pathlib import Path

from schemas import (
    contact,
    listing,
    mail,
    match,
    member,
    organisation,
    outcome,
    public,
    request,
    search,
)
from schemas.event import Event

TOPIC_FILE = Path(__file__).with_name("topics.json")
"""Every topic with its settings, as provisioning reads it."""

EVENTS: tuple[type[Event], ...] = (
    listing.ListingCreated,
    listing.ListingUpdated,
    listing.ListingClosed,
    listing.ListingRejected,
    listing.ListingConfirmationDue,
    listing.ListingState,
    organisation.OrganisationState,
    member.MemberState,
    member.SignInRequested,
    member.RegistrationDecided,
    member.AddressChanged,
    match.MatchProposed,
    match.MatchAnswered,
    match.MatchWithdrawn,
    request.RequestUnmet,
    request.RequestOverflowed,
    request.EnquiryApproved,
    request.EnquiryAnswered,
    search.SearchHit,
    contact.ContactRequested,
    contact.ContactAnswerDue,
    contact.ContactAccepted,
    contact.ContactDeclined,
    contact.ContactLapsed,
    contact.ContactWithdrawn,
    mail.MailSent,
    mail.MailBounced,
    mail.SubscriptionChanged,
    outcome.OutcomeAsked,
    outcome.OutcomeReported,
    public.PublicListingCreated,
    public.PublicListingUpdated,
    public.PublicListingOverflowed,
    public.PublicListingClosed,
    public.PublicListingState,
)
