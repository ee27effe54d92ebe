"""What each HTTP status means for the person who gets it, in words."""

from dataclasses import dataclass

from chassis.web.translation import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    title: str
    detail: str
    remedy: str


def explanation_of(status: int) -> Explanation:
    return EXPLANATIONS.get(status) or EXPLANATIONS[500 if status >= SERVER_ERRORS else 400]


SERVER_ERRORS = 500
EXPLANATIONS = {
    400: Explanation(
        title=mark("Die Anfrage ist nicht lesbar"),
        detail=mark("Der Server konnte die Anfrage nicht verstehen."),
        remedy=mark("Prüfen Sie die Eingaben und versuchen Sie es noch einmal."),
    ),
    401: Explanation(
        title=mark("Bitte melden Sie sich an"),
        detail=mark("Diese Seite ist nur für angemeldete Personen."),
        remedy=mark("Melden Sie sich an und öffnen Sie die Seite dann noch einmal."),
    ),
    403: Explanation(
        title=mark("Das ist nicht erlaubt"),
        detail=mark("Dazu fehlt Ihnen die Berechtigung."),
        remedy=mark("Wenden Sie sich an die Betreiber, wenn Sie sie brauchen."),
    ),
    404: Explanation(
        title=mark("Diese Seite gibt es nicht"),
        detail=mark("Unter dieser Adresse ist nichts (mehr) zu finden."),
        remedy=mark("Prüfen Sie die Adresse oder beginnen Sie auf der Startseite."),
    ),
    405: Explanation(
        title=mark("So lässt sich diese Adresse nicht aufrufen"),
        detail=mark(
            "Diese Adresse nimmt nur an, was ein Knopf auf einer Seite oder ein Programm sendet."
        ),
        remedy=mark("Beginnen Sie auf der Startseite."),
    ),
    409: Explanation(
        title=mark("Der Stand hat sich geändert"),
        detail=mark("Inzwischen hat jemand anderes etwas geändert."),
        remedy=mark("Laden Sie die Seite neu und versuchen Sie es noch einmal."),
    ),
    410: Explanation(
        title=mark("Das gibt es nicht mehr"),
        detail=mark("Der Link ist abgelaufen oder der Inhalt wurde gelöscht."),
        remedy=mark("Fordern Sie einen neuen Link an."),
    ),
    413: Explanation(
        title=mark("Die Sendung ist zu groß"),
        detail=mark("Es wurden mehr Daten gesendet, als hier erlaubt sind."),
        remedy=mark("Kürzen Sie die Eingaben oder teilen Sie die Datei auf."),
    ),
    415: Explanation(
        title=mark("Dieses Format wird nicht verstanden"),
        detail=mark("Der Inhalt hat ein Format, das hier nicht vorgesehen ist."),
        remedy=mark("Senden Sie JSON beziehungsweise das Formular dieser Seite."),
    ),
    422: Explanation(
        title=mark("Bitte prüfen Sie Ihre Eingaben"),
        detail=mark("Mindestens eine Angabe fehlt oder ist ungültig."),
        remedy=mark("Korrigieren Sie die genannten Felder."),
    ),
    429: Explanation(
        title=mark("Zu viele Versuche"),
        detail=mark("In kurzer Zeit kamen zu viele Anfragen von Ihnen."),
        remedy=mark("Warten Sie etwas und versuchen Sie es dann noch einmal."),
    ),
    500: Explanation(
        title=mark("Bei uns ist ein Fehler aufgetreten"),
        detail=mark("Der Fehler liegt nicht bei Ihnen; er wurde aufgezeichnet."),
        remedy=mark("Versuchen Sie es in einigen Minuten noch einmal."),
    ),
    503: Explanation(
        title=mark("Der Dienst ist gerade nicht erreichbar"),
        detail=mark("Ein Teil des Systems antwortet im Moment nicht."),
        remedy=mark("Versuchen Sie es in einigen Minuten noch einmal."),
    ),
}
