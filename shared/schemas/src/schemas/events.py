"""Every released event, in one tuple: what tests, documentation and provisioning go through."""

from schemas import contact, listing, mail, match, member, organisation, outcome, public
from schemas.event import Event

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
    match.MatchProposed,
    match.MatchAnswered,
    match.MatchWithdrawn,
    contact.ContactRequested,
    contact.ContactAccepted,
    contact.ContactDeclined,
    contact.ContactLapsed,
    mail.MailSent,
    mail.MailBounced,
    mail.SubscriptionChanged,
    outcome.OutcomeAsked,
    outcome.OutcomeReported,
    public.PublicListingCreated,
    public.PublicListingUpdated,
    public.PublicListingClosed,
    public.PublicListingState,
)
