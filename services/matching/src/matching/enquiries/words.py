"""What obstacles, answers and mails without effect are called on pages."""

from chassis.web.translation import mark
from matching.enquiries.enquiry import Obstacle, Unreached
from schemas.vocabulary import EnquiryAnswer

OBSTACLES = {
    Obstacle.NOT_ALLOWED: mark("Möchte keine Anfragen bekommen oder hat noch nicht zugestimmt."),
    Obstacle.NO_ADDRESS: mark("Es ist keine Adresse für Anfragen bekannt."),
    Obstacle.ASKED_BEFORE: mark("Wurde zu diesem Gesuch schon gefragt."),
    Obstacle.UNREACHED: mark("Unsere E-Mail erreichte dort niemanden."),
    Obstacle.NEVER_AGAIN: mark("Hat gebeten, nicht mehr gefragt zu werden."),
    Obstacle.MEMBERS_ONLY: mark(
        "Das Gesuch ist nur für Mitglieder, und dort ist noch niemand angemeldet."
    ),
}
UNREACHED = {
    Unreached.BOUNCED: mark("Unsere E-Mail kam dort nicht an."),
    Unreached.NOT_SENT: mark("Unsere E-Mail ging bisher nicht hinaus."),
}
ANSWERS = {
    EnquiryAnswer.YES: mark("Ja, das können wir"),
    EnquiryAnswer.NO: mark("Nein, diesmal nicht"),
    EnquiryAnswer.NEVER_ASK_AGAIN: mark("Bitte nicht mehr fragen"),
}
