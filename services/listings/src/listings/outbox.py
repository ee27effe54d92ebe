"""Everything the listings service says; an event that is not declared here is refused."""

from chassis.outbox import Outbox
from schemas.contact import (
    ContactAccepted,
    ContactAnswerDue,
    ContactDeclined,
    ContactLapsed,
    ContactRequested,
    ContactWithdrawn,
)
from schemas.listing import (
    ListingClosed,
    ListingConfirmationDue,
    ListingCreated,
    ListingRejected,
    ListingState,
    ListingUpdated,
)
from schemas.member import AddressChanged, MemberState, RegistrationDecided, SignInRequested
from schemas.organisation import OrganisationState
from schemas.public import (
    PublicListingClosed,
    PublicListingCreated,
    PublicListingOverflowed,
    PublicListingState,
    PublicListingUpdated,
)

outbox = Outbox(
    publishes=(
        ListingCreated,
        ListingUpdated,
        ListingClosed,
        ListingRejected,
        ListingConfirmationDue,
        ListingState,
        ContactRequested,
        ContactAnswerDue,
        ContactAccepted,
        ContactDeclined,
        ContactLapsed,
        ContactWithdrawn,
        SignInRequested,
        RegistrationDecided,
        AddressChanged,
        OrganisationState,
        MemberState,
        PublicListingCreated,
        PublicListingUpdated,
        PublicListingOverflowed,
        PublicListingClosed,
        PublicListingState,
    )
)
