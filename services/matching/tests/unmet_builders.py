"""Firms of the directory, brokers, and a request that nobody fits, as one would say it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from kept_listing_builders import START, WISMAR, a_member, a_request

from schemas.listing import ListingCreated
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import OrganisationKind, Role, SizeClass

PUMPS = (
    "Wir entwickeln und bauen Schlauchpumpen und Dosieranlagen für kleine Förderraten und "
    "kalibrieren sie im eigenen Haus."
)


def a_firm(name: str, capabilities: str, **fields: Any) -> OrganisationState:
    known: dict[str, Any] = {
        "revision": 1,
        "organisation_id": uuid4(),
        "organisation_name": name,
        "kind": OrganisationKind.COMPANY,
        "size_class": SizeClass.SMALL,
        "capabilities": capabilities,
        "place": WISMAR,
        "allows_enquiries": True,
        "enquiry_email": "post@firma.example",
    }
    return OrganisationState.model_validate(known | fields)


def a_pump_maker(**fields: Any) -> OrganisationState:
    named = {"organisation_name": "Dosiertechnik Warnow GmbH", "industry_code": "28.13"}
    return a_firm("", PUMPS, **(named | fields))


def a_bakery() -> OrganisationState:
    return a_firm("Bäckerei Möwe", "Brot, Brötchen und Torten aus dem Holzofen, täglich frisch.")


def a_broker(*roles: Role) -> MemberState:
    return a_member(uuid4()).model_copy(update={"roles": roles or (Role.MEMBER, Role.BROKER)})


def a_lonely_request(**fields: Any) -> ListingCreated:
    return a_request(valid_until=START + timedelta(days=60), **fields)
