"""What kinds and sizes of organisations are called on the brokers' pages."""

from chassis.web.translation import mark
from schemas.vocabulary import OrganisationKind, SizeClass

KINDS = {
    OrganisationKind.COMPANY: mark("Unternehmen"),
    OrganisationKind.START_UP: mark("Start-up"),
    OrganisationKind.RESEARCH_INSTITUTION: mark("Forschungseinrichtung"),
    OrganisationKind.UNIVERSITY: mark("Hochschule"),
    OrganisationKind.HOSPITAL: mark("Krankenhaus"),
    OrganisationKind.ASSOCIATION: mark("Verband oder Verein"),
    OrganisationKind.PUBLIC_BODY: mark("Öffentliche Stelle"),
}
SIZES = {
    SizeClass.MICRO: mark("bis 9 Beschäftigte"),
    SizeClass.SMALL: mark("10 bis 49 Beschäftigte"),
    SizeClass.MEDIUM: mark("50 bis 249 Beschäftigte"),
    SizeClass.LARGE: mark("ab 250 Beschäftigte"),
}
