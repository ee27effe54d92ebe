"""What figures and their lines are called, and the one sentence that defines each."""

from dataclasses import dataclass

from chassis.web.translation import mark


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWords:
    """Marked German texts; ``unit`` is what the lines count, ``of`` what their base is."""

    title: str
    definition: str
    unit: str
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """A step of the funnel: what is counted, of what, and the exact definition."""

    label: str
    unit: str
    definition: str
    of: str = ""


LISTINGS = mark("Einträge")
ORGANISATIONS = mark("Organisationen")
PROPOSALS = mark("Vorschläge")
CONTACTS = mark("Kontakte")

FIGURES = {
    "listings": FigureWords(
        title=mark("Veröffentlichte Einträge"),
        unit=LISTINGS,
        definition=mark(
            "Angebote und Gesuche, die im Zeitraum zum ersten Mal veröffentlicht wurden."
        ),
    ),
    "kinds": FigureWords(
        title=mark("Angebote und Gesuche"),
        unit=LISTINGS,
        of=mark("der im Zeitraum veröffentlichten Einträge"),
        definition=mark("Die im Zeitraum veröffentlichten Einträge nach ihrer Art."),
    ),
    "categories": FigureWords(
        title=mark("Kategorien"),
        unit=LISTINGS,
        of=mark("der im Zeitraum veröffentlichten Einträge"),
        definition=mark(
            "Die im Zeitraum veröffentlichten Einträge nach der Kategorie, "
            "unter der sie veröffentlicht wurden."
        ),
    ),
    "sizes": FigureWords(
        title=mark("Größe der Organisationen"),
        unit=ORGANISATIONS,
        of=mark("der Organisationen mit einem Eintrag"),
        definition=mark(
            "Organisationen, die im Zeitraum mindestens einen Eintrag veröffentlicht haben, "
            "nach der Zahl ihrer Beschäftigten zu diesem Zeitpunkt."
        ),
    ),
    "contacts": FigureWords(
        title=mark("Neue Kontakte je Organisation"),
        unit=ORGANISATIONS,
        of=mark("der beteiligten Organisationen"),
        definition=mark(
            "Organisationen, die im Zeitraum einen Eintrag veröffentlicht oder an einer "
            "Kontaktanfrage teilgenommen haben, nach der Zahl ihrer im Zeitraum angenommenen "
            "Kontakte; ein Kontakt zählt bei beiden Seiten."
        ),
    ),
    "results": FigureWords(
        title=mark("Was aus Kontaktanfragen wurde"),
        unit=CONTACTS,
        of=mark("der im Zeitraum angefragten Kontakte"),
        definition=mark(
            "Im Zeitraum gestellte Kontaktanfragen nach ihrem Ergebnis bis zum Tag des Abrufs."
        ),
    ),
    "closings": FigureWords(
        title=mark("Warum Einträge endeten"),
        unit=LISTINGS,
        of=mark("der im Zeitraum beendeten Einträge"),
        definition=mark(
            "Im Zeitraum beendete Einträge nach dem, was beim Beenden gesagt wurde. Abgelaufene "
            "Einträge zählen mit; zu ihnen wurde nichts gesagt. Einträge, die mit ihrer "
            "Organisation gelöscht wurden, zählen nicht mit."
        ),
    ),
    "recommendation": FigureWords(
        title=mark("Weiterempfehlung"),
        unit=ORGANISATIONS,
        definition=mark(
            "Anteil der Teilnehmenden einer Umfrage, die die Kooperationsbörse weiterempfehlen."
        ),
    ),
    "funnel": FigureWords(
        title=mark("Vom Eintrag zum Auftrag"),
        unit=mark("je Schritt"),
        definition=mark(
            "Gezählt wird, was im Zeitraum begann, und was daraus bis zum Tag des Abrufs wurde. "
            "Jeder Schritt nennt, wovon er ein Teil ist."
        ),
    ),
}

LINES = {
    "published": mark("Einträge insgesamt"),
    "offer": mark("Angebote"),
    "request": mark("Gesuche"),
    "micro": mark("bis 9 Beschäftigte"),
    "small": mark("10 bis 49 Beschäftigte"),
    "medium": mark("50 bis 249 Beschäftigte"),
    "large": mark("ab 250 Beschäftigte"),
    "unknown": mark("ohne Angabe"),
    "0": mark("kein neuer Kontakt"),
    "1-5": mark("1 bis 5 Kontakte"),
    "6-10": mark("6 bis 10 Kontakte"),
    "11-20": mark("11 bis 20 Kontakte"),
    "21+": mark("mehr als 20 Kontakte"),
    "accepted": mark("angenommen"),
    "declined": mark("abgelehnt"),
    "lapsed": mark("ohne Antwort verfallen"),
    "withdrawn": mark("zurückgezogen"),
    "open": mark("noch offen"),
    "found-here": mark("hier gefunden"),
    "found-elsewhere": mark("anderswo gefunden"),
    "no-longer-needed": mark("nicht mehr nötig"),
}

STEPS = {
    "published": StepWords(
        label=mark("Veröffentlicht"),
        unit=LISTINGS,
        definition=mark("Einträge, die im Zeitraum zum ersten Mal veröffentlicht wurden."),
    ),
    "proposed": StepWords(
        label=mark("Vorgeschlagen"),
        unit=LISTINGS,
        of=mark("der veröffentlichten Einträge"),
        definition=mark("Einträge, die mindestens einen Vorschlag bekamen."),
    ),
    "delivered": StepWords(
        label=mark("E-Mail zugestellt"),
        unit=PROPOSALS,
        of=mark("der im Zeitraum gemachten Vorschläge"),
        definition=mark(
            "Vorschläge, von denen mindestens eine Seite per E-Mail erfuhr: "
            "vom Mailserver angenommen und nicht zurückgekommen."
        ),
    ),
    "answered": StepWords(
        label=mark("Beantwortet"),
        unit=PROPOSALS,
        of=mark("der zugestellten Vorschläge"),
        definition=mark("Vorschläge, auf die mindestens eine Seite geantwortet hat."),
    ),
    "contact": StepWords(
        label=mark("Kontakt angefragt"),
        unit=PROPOSALS,
        of=mark("der beantworteten Vorschläge"),
        definition=mark("Vorschläge, aus denen eine Kontaktanfrage wurde."),
    ),
    "accepted": StepWords(
        label=mark("Kontakt angenommen"),
        unit=CONTACTS,
        of=mark("der im Zeitraum angefragten Kontakte"),
        definition=mark(
            "Kontakte, die angenommen wurden; auch solche, die ohne Vorschlag angefragt wurden."
        ),
    ),
    "outcome": StepWords(
        label=mark("Ergebnis gemeldet"),
        unit=CONTACTS,
        of=mark("der angenommenen Kontakte"),
        definition=mark("Kontakte, zu denen mindestens eine Seite gesagt hat, was daraus wurde."),
    ),
    "agreed": StepWords(
        label=mark("Auftrag oder Vorhaben"),
        unit=CONTACTS,
        of=mark("der Kontakte mit gemeldetem Ergebnis"),
        definition=mark(
            "Kontakte, zu denen die letzte Antwort mindestens einer Seite ein Auftrag oder ein "
            "gemeinsames Vorhaben ist."
        ),
    ),
    "found-here": StepWords(
        label=mark("Hier gefunden"),
        unit=LISTINGS,
        of=mark("der seither beendeten Einträge"),
        definition=mark(
            "Im Zeitraum veröffentlichte Einträge, bei deren Ende gesagt wurde, dass sich hier "
            "gefunden hat, was gesucht oder geboten wurde. Einträge, die mit ihrer Organisation "
            "gelöscht wurden, zählen nicht mit."
        ),
    ),
}
