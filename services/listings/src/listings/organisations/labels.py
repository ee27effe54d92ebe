"""What the kinds of organisations are called on pages; German source strings."""

from collections.abc import Mapping

from chassis.web.translation import mark
from schemas.vocabulary import OrganisationKind

KINDS: Mapping[OrganisationKind, str] = {
    OrganisationKind.COMPANY: mark("Unternehmen"),
    OrganisationKind.START_UP: mark("Start-up"),
    OrganisationKind.RESEARCH_INSTITUTION: mark("Forschungseinrichtung"),
    OrganisationKind.UNIVERSITY: mark("Hochschule"),
    OrganisationKind.HOSPITAL: mark("Krankenhaus"),
    OrganisationKind.ASSOCIATION: mark("Verband oder Verein"),
    OrganisationKind.PUBLIC_BODY: mark("Öffentliche Stelle"),
}
