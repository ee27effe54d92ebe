"""What the answers are called on the page; each says what it means."""

from chassis.web.translation import mark
from schemas.vocabulary import NothingReason, Outcome

OUTCOMES = {
    Outcome.TALKED: (
        mark("Wir haben miteinander gesprochen"),
        mark("Noch ohne Ergebnis, aber im Gespräch."),
    ),
    Outcome.QUOTE: (
        mark("Es liegt ein Preisangebot vor"),
        mark("Eine Seite hat der anderen einen Preis genannt."),
    ),
    Outcome.ORDER: (
        mark("Es gibt einen Auftrag"),
        mark("Bestellt, beauftragt oder geliefert."),
    ),
    Outcome.JOINT_PROJECT: (
        mark("Wir machen etwas gemeinsam"),
        mark("Ein Vorhaben, eine Entwicklung, ein Förderantrag."),
    ),
    Outcome.NOTHING: (
        mark("Es ist nichts daraus geworden"),
        mark("Wir fragen noch, woran es lag."),
    ),
}

REASONS = {
    NothingReason.NO_REPLY: mark("Die andere Seite hat sich noch nicht gemeldet"),
    NothingReason.PRICE: mark("Der Preis passte nicht"),
    NothingReason.CAPACITY: mark("Es fehlte an Kapazität oder Zeit"),
    NothingReason.REQUIREMENTS: mark("Die Anforderungen passten nicht"),
    NothingReason.SOLVED_ELSEWHERE: mark("Der Bedarf wurde anderswo gedeckt"),
    NothingReason.OTHER: mark("Etwas anderes"),
}
