"""Links that cross services: who mints which purpose, who verifies it, and its path.

`notifications` mints the links in mails, with one key a purpose; the owner of the page holds
the same key and verifies. Every page behind a link only shows something; its change is a POST.
"""

from enum import StrEnum


class LinkPurpose(StrEnum):
    SIGN_IN = "sign-in"
    PROPOSAL = "proposal"
    CONTACT_FORM = "contact-form"
    CONTACT = "contact"
    LISTING = "listing"
    OUTCOME = "outcome"
    ENQUIRY = "enquiry"
    OFFER_DRAFT = "offer-draft"
    SEARCH = "search"
    UNSUBSCRIBE_PROPOSALS = "unsubscribe-proposals"
    UNSUBSCRIBE_SURVEYS = "unsubscribe-surveys"


PATHS = {
    # object_id is the nonce of `signin.requested`; listings
    LinkPurpose.SIGN_IN: "/sign-in/{token}",
    # object_id is the proposal; matching
    LinkPurpose.PROPOSAL: "/matching/proposals/{token}",
    # object_id is the listing to write to; minted by matching, verified by listings.
    # The query `?proposal=<proposal id>` says which proposal led there.
    LinkPurpose.CONTACT_FORM: "/contacts/new/{token}",
    # object_id is the contact; listings
    LinkPurpose.CONTACT: "/contacts/{token}",
    # object_id is the listing, shown to its owner ("still valid?", withdraw); listings
    LinkPurpose.LISTING: "/my/listings/{token}",
    # object_id is the question; surveys
    LinkPurpose.OUTCOME: "/surveys/outcomes/{token}",
    # object_id is the enquiry; matching. member_id is the organisation where nobody joined yet.
    LinkPurpose.ENQUIRY: "/matching/enquiries/{token}",
    # object_id is the enquiry that was answered with yes; minted by matching, verified by listings
    LinkPurpose.OFFER_DRAFT: "/listings/drafts/{token}",
    # object_id is the saved search; matching
    LinkPurpose.SEARCH: "/matching/searches/{token}",
    # object_id is the member; notifications. The same path takes the RFC 8058 POST.
    LinkPurpose.UNSUBSCRIBE_PROPOSALS: "/notifications/unsubscribe/proposals/{token}",
    LinkPurpose.UNSUBSCRIBE_SURVEYS: "/notifications/unsubscribe/surveys/{token}",
}

HOLDERS = {
    "listings": (
        LinkPurpose.SIGN_IN,
        LinkPurpose.CONTACT_FORM,
        LinkPurpose.CONTACT,
        LinkPurpose.LISTING,
        LinkPurpose.OFFER_DRAFT,
    ),
    "matching": (
        LinkPurpose.PROPOSAL,
        LinkPurpose.CONTACT_FORM,
        LinkPurpose.ENQUIRY,
        LinkPurpose.OFFER_DRAFT,
        LinkPurpose.SEARCH,
    ),
    "notifications": tuple(LinkPurpose),
    "surveys": (LinkPurpose.OUTCOME,),
}
"""Which service holds the key of which purposes, to mint or to verify; nobody else does."""
