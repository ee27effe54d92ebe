"""Firms of the directory, brokers, and a request that nobody fits, as one would say it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from kept_listing_builders import START, WISMAR, a_member, a_request, an_organisation, as_state

from matching.unmet import candidate_storage, storage
from matching.unmet.candidate import Candidate, CandidateReasons
from schemas.listing import ListingCreated
from schemas.match import WordPair
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import OrganisationKind, Role, SizeClass

REASONS = CandidateReasons(
    words=(WordPair(request_word="Dosierpumpen", offer_word="Schlauchpumpen"),),
    industry_code="28.13",
    had_offer=True,
    offers=("Pumpen für Aquarien",),
    distance_km=47,
)

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


@dataclass(frozen=True)
class Unmet:
    request: ListingCreated
    broker: MemberState

    @property
    def path(self) -> str:
        return f"/matching/unmet/{self.request.listing_id}"


async def unmet(matching: Any, *firms: OrganisationState, **fields: Any) -> Unmet:
    """A request that was found unmet, with the firms as its candidates, and a broker signed in."""
    request, broker = a_lonely_request(**fields), a_broker()
    seeker = an_organisation(request.organisation_id, "Hanse-Labor e. K.")
    await matching.hears(seeker, broker, *firms, request, as_state(request))
    async with matching.pool.transaction() as connection:
        await connection.execute("update awaited_request set unmet_at = $1", matching.now)
        await storage.tell_once(connection, request.listing_id, at=matching.now)
        await candidate_storage.replace_candidates(
            connection,
            request.listing_id,
            [Candidate(organisation_id=each.organisation_id, reasons=REASONS) for each in firms],
            request_organisation_id=request.organisation_id,
        )
    matching.signs_in(broker)
    return Unmet(request=request, broker=broker)


async def approve(matching: Any, found: Unmet, *firms: OrganisationState) -> Any:
    ids = [str(firm.organisation_id) for firm in firms]
    return await matching.posts(
        found.path, organisation_ids=ids, question="Könnten Sie Dosierpumpen liefern?"
    )
