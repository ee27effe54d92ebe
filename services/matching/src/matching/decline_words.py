"""What the answers are called on the page."""

from chassis.web.translation import mark
from schemas.vocabulary import DeclineReason

REASONS = {
    DeclineReason.WRONG_PRODUCT: mark("Es geht um etwas anderes"),
    DeclineReason.QUANTITY: mark("Die Menge passt nicht"),
    DeclineReason.REGION: mark("Zu weit entfernt"),
    DeclineReason.DATE: mark("Der Zeitpunkt passt nicht"),
    DeclineReason.ALREADY_SOLVED: mark("Das hat sich für uns schon erledigt"),
    DeclineReason.OUTDATED: mark("Der Eintrag ist nicht mehr aktuell"),
    DeclineReason.COMPETITOR: mark("Das ist ein Wettbewerber; bitte nicht mehr vorschlagen"),
    DeclineReason.OTHER: mark("Etwas anderes"),
}
