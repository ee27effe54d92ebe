"""How the operators' pages name states and letters; the reader's language is chosen there."""

from chassis.web.translation import mark
from notifications.mail import SENT_AGAIN, Doubt, MailState, Unsent

STATE_NAMES = {
    MailState.PENDING: mark("wartet"),
    MailState.CLAIMED: mark("wird vorbereitet"),
    MailState.SENDING: mark("wird übergeben"),
    MailState.SENT: mark("verschickt"),
    MailState.FAILED: mark("nicht zustellbar"),
    MailState.HELD: mark("angehalten"),
    MailState.EXPIRED: mark("verfallen"),
    MailState.SUPPRESSED: mark("nicht geschickt"),
}
STATE_KINDS = {
    MailState.PENDING: "info",
    MailState.CLAIMED: "info",
    MailState.SENDING: "info",
    MailState.SENT: "success",
    MailState.FAILED: "danger",
    MailState.HELD: "warning",
    MailState.EXPIRED: "warning",
    MailState.SUPPRESSED: "warning",
}
UNSENT_REASONS = {
    Unsent.RECIPIENT_GONE: mark("Die Person gibt es nicht mehr."),
    Unsent.ADDRESS_SUPPRESSED: mark("Die Adresse ist gesperrt."),
    Unsent.NOT_WANTED: mark("Die Person hat solche E-Mails abbestellt."),
    Unsent.NOT_CONCERNED: mark("Die Person ist dafür nicht mehr zuständig."),
    Unsent.PROPOSAL_WITHDRAWN: mark("Der Vorschlag wurde zurückgezogen."),
    Unsent.LISTING_CLOSED: mark("Der Eintrag ist beendet."),
    Unsent.CONTACT_ANSWERED: mark("Die Nachricht ist beantwortet."),
    Unsent.CONTACT_LAPSED: mark("Die Anfrage ist ohne Antwort verfallen."),
    Unsent.CONTACT_WITHDRAWN: mark("Die Anfrage wurde zurückgezogen."),
    Unsent.ENQUIRY_ANSWERED: mark("Die Anfrage ist beantwortet."),
    Unsent.ASKED_AGAIN: mark("Die Anfrage ging noch einmal hinaus."),
    Unsent.REQUEST_MET: mark("Inzwischen gibt es ein gutes Angebot."),
    Unsent.NOTHING_LEFT: mark("Inzwischen ist nichts mehr zu sagen."),
}
HINTS = UNSENT_REASONS | {
    Doubt.RESTORED: mark("Vor der Wiederherstellung vielleicht schon verschickt."),
    Doubt.HANDED_OVER: mark("Der Mailserver antwortete nach der Übergabe nicht."),
    SENT_AGAIN: mark("Der Mailserver hatte sie nicht. Sie geht noch einmal hinaus."),
}
LETTER_NAMES = {
    "sign_in": mark("Anmeldelink"),
    "registration_decided": mark("Antwort auf eine Registrierung"),
    "address_changed": mark("Adresse geändert"),
    "listing_published": mark("Veröffentlicht"),
    "listing_rejected": mark("Nicht veröffentlicht"),
    "confirmation_due": mark("Noch aktuell?"),
    "proposal": mark("Vorschlag"),
    "contact_requested": mark("Nachricht"),
    "contact_unread": mark("Anfrage, die niemand liest"),
    "contact_answer_due": mark("Noch ohne Antwort"),
    "contact_accepted": mark("Zusage"),
    "contact_declined": mark("Absage"),
    "contact_lapsed": mark("Keine Antwort"),
    "outcome_asked": mark("Frage nach dem Ergebnis"),
    "search_hit": mark("Treffer einer Suche"),
    "request_unmet": mark("Gesuch ohne Angebot"),
    "enquiry_approved": mark("Könnten Sie das?"),
    "enquiry_agreed": mark("Ein Ja auf Nachfrage"),
    "enquiry_taken_back": mark("Ein zurückgenommenes Ja"),
    "enquiry_answered": mark("Ein Ja für die Vermittlung"),
}
