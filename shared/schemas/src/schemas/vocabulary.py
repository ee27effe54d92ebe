"""The closed vocabularies: every word that two services must understand alike."""

from enum import StrEnum


class Language(StrEnum):
    GERMAN = "de"
    ENGLISH = "en"


class ListingKind(StrEnum):
    OFFER = "offer"
    REQUEST = "request"


class Cooperation(StrEnum):
    PRODUCT = "product"
    COMPONENT = "component"
    SERVICE = "service"
    CAPACITY = "capacity"
    RESEARCH_AND_DEVELOPMENT = "research-and-development"
    KNOWLEDGE_EXCHANGE = "knowledge-exchange"


class Visibility(StrEnum):
    """From narrow to wide; a listing may only widen."""

    CLUSTER = "cluster"
    ANONYMOUS = "anonymous"
    PUBLIC = "public"


class ListingStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    PAUSED = "paused"
    REJECTED = "rejected"
    CLOSED = "closed"


class ClosingReason(StrEnum):
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FULFILLED = "fulfilled"
    ERASED = "erased"


class ClosingAnswer(StrEnum):
    """What the owner says about why a listing is no longer needed."""

    FOUND_HERE = "found-here"
    FOUND_ELSEWHERE = "found-elsewhere"
    NO_LONGER_NEEDED = "no-longer-needed"


class RejectionReason(StrEnum):
    OUTSIDE_PURPOSE = "outside-purpose"
    INCOMPLETE = "incomplete"
    MISLEADING = "misleading"
    UNLAWFUL = "unlawful"
    DUPLICATE = "duplicate"
    OTHER = "other"


class RegistrationDecision(StrEnum):
    """Whether somebody may act for the organisation that they named."""

    APPROVED = "approved"
    DECLINED = "declined"


class OrganisationKind(StrEnum):
    COMPANY = "company"
    START_UP = "start-up"
    RESEARCH_INSTITUTION = "research-institution"
    UNIVERSITY = "university"
    HOSPITAL = "hospital"
    ASSOCIATION = "association"
    PUBLIC_BODY = "public-body"


class SizeClass(StrEnum):
    """By number of employees: micro < 10, small 10-49, medium 50-249, large from 250."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Role(StrEnum):
    MEMBER = "member"
    MODERATOR = "moderator"
    BROKER = "broker"
    ADMIN = "admin"


class Strength(StrEnum):
    POSSIBLE = "possible"
    STRONG = "strong"


class Answer(StrEnum):
    INTERESTED = "interested"
    NOT_FOR_US = "not-for-us"


class DeclineReason(StrEnum):
    """Why a proposal or a contact is not wanted; each one changes something."""

    WRONG_PRODUCT = "wrong-product"
    QUANTITY = "quantity"
    REGION = "region"
    DATE = "date"
    ALREADY_SOLVED = "already-solved"
    OUTDATED = "outdated"
    COMPETITOR = "competitor"
    OTHER = "other"


class EnquiryAnswer(StrEnum):
    """What an organisation says to "could you do this?"."""

    YES = "yes"
    NO = "no"
    NEVER_ASK_AGAIN = "never-ask-again"


class Outcome(StrEnum):
    TALKED = "talked"
    QUOTE = "quote"
    ORDER = "order"
    JOINT_PROJECT = "joint-project"
    NOTHING = "nothing"


class NothingReason(StrEnum):
    """Why nothing came of a contact."""

    NO_REPLY = "no-reply"
    PRICE = "price"
    CAPACITY = "capacity"
    REQUIREMENTS = "requirements"
    SOLVED_ELSEWHERE = "solved-elsewhere"
    OTHER = "other"


class MailPurpose(StrEnum):
    """What a member can stop separately; account mails cannot be stopped."""

    ACCOUNT = "account"
    CONTACTS = "contacts"
    PROPOSALS = "proposals"
    DIGEST = "digest"
    SURVEYS = "surveys"


class Frequency(StrEnum):
    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"
