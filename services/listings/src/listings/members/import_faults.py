"""What only the database can say against a line of a file of members."""

from chassis.web.refusal import Refusal
from chassis.web.translation import mark

UNKNOWN_ORGANISATION = Refusal(
    detail=mark("„{label}“ nennt keine Organisation des Verzeichnisses."),
    remedy=mark("Führen Sie zuerst die Organisationen ein oder korrigieren Sie die Kennung."),
)
EMAIL_TAKEN = Refusal(
    detail=mark("„{label}“ gehört schon zu einem anderen Mitglied."),
    remedy=mark("Entfernen Sie die Zeile oder verwenden Sie dessen external_id."),
)
