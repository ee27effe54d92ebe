"""Listings as the listings service tells of them, written as one would say it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas.listing import ListingClosed, ListingContent, ListingCreated, ListingState
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.place import Category, Place
from schemas.vocabulary import (
    ClosingReason,
    Cooperation,
    Language,
    ListingKind,
    ListingStatus,
    OrganisationKind,
    Role,
    SizeClass,
    Visibility,
)

START = datetime(2026, 3, 20, 9, tzinfo=UTC)
WISMAR = Place(
    postcode="23966", city="Wismar", land="Mecklenburg-Vorpommern", district_code="13074",
    latitude=53.89, longitude=11.46,
)  # fmt: skip
ROSTOCK = Place(
    postcode="18055", city="Rostock", land="Mecklenburg-Vorpommern", district_code="13003",
    latitude=54.09, longitude=12.14,
)  # fmt: skip


def _created(kind: ListingKind, title: str, text: str, **fields: Any) -> ListingCreated:
    organisation_id = fields.pop("organisation_id", None) or uuid4()
    content: dict[str, Any] = {
        "kind": kind,
        "cooperation": Cooperation.PRODUCT,
        "title": title,
        "description": text,
        "category": Category(slug="medical", label_de="Medizintechnik", label_en="Medical"),
        "valid_until": START + timedelta(days=90),
        "language": Language.GERMAN,
        "visibility": Visibility.PUBLIC,
    }
    return ListingCreated(
        revision=fields.pop("revision", 1_000),
        occurred_at=START,
        listing_id=uuid4(),
        organisation_id=organisation_id,
        content=ListingContent.model_validate(content | fields),
    )


def an_offer(
    title: str = "Dosierpumpen für Labore",
    text: str = "Wir liefern präzise Dosierpumpen und Schlauchpumpen für Laborgeräte, ab Lager.",
    **fields: Any,
) -> ListingCreated:
    return _created(ListingKind.OFFER, title, text, **{"place": WISMAR} | fields)


def a_request(
    title: str = "Dosierpumpen gesucht",
    text: str = "Für ein Laborgerät suchen wir dringend präzise Dosierpumpen, 200 Stück.",
    **fields: Any,
) -> ListingCreated:
    return _created(ListingKind.REQUEST, title, text, **{"place": ROSTOCK} | fields)


def as_state(
    fact: ListingCreated, status: ListingStatus = ListingStatus.PUBLISHED, *, revision: int = 0
) -> ListingState:
    return ListingState(
        revision=revision or fact.revision,
        listing_id=fact.listing_id,
        organisation_id=fact.organisation_id,
        status=status,
        published_at=START,
        content=fact.content,
    )


def closing(fact: ListingCreated) -> ListingClosed:
    return ListingClosed(
        revision=fact.revision + 1,
        occurred_at=START,
        listing_id=fact.listing_id,
        organisation_id=fact.organisation_id,
        kind=fact.content.kind,
        title=fact.content.title,
        language=fact.content.language,
        reason=ClosingReason.WITHDRAWN,
    )


def an_organisation(organisation_id: UUID, name: str) -> OrganisationState:
    return OrganisationState(
        revision=1,
        organisation_id=organisation_id,
        organisation_name=name,
        kind=OrganisationKind.COMPANY,
        size_class=SizeClass.SMALL,
    )


def a_member(organisation_id: UUID) -> MemberState:
    return MemberState(
        revision=1,
        member_id=uuid4(),
        member_name="Kim Muster",
        email="kim@example.org",
        language=Language.GERMAN,
        roles=(Role.MEMBER,),
        organisation_ids=(organisation_id,),
        sessions_valid_from=START,
    )
