"""What can be wrong with a CSV file, in words: every fault names its line, its column, a remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.web.refusal import PATTERN, Refusal
from chassis.web.translation import mark

NOT_UTF8 = Refusal(
    detail=mark("Die Zeile ist nicht in UTF-8 kodiert."),
    remedy=mark("Speichern Sie die Datei als „CSV UTF-8“."),
)
LINE_TOO_LONG = Refusal(
    detail=mark("Die Zeile hat {length} Bytes, erlaubt sind {limit}."),
    remedy=mark("Suchen Sie ein fehlendes Anführungszeichen oder kürzen Sie den Text."),
)
FILE_TOO_LARGE = Refusal(
    detail=mark("Die Datei ist größer als {limit} Bytes."),
    remedy=mark("Teilen Sie die Datei auf."),
)
NO_FILE = Refusal(
    detail=mark("Die Datei lässt sich nicht lesen."), remedy=mark("Prüfen Sie Pfad und Rechte.")
)
MISSING_COLUMN = Refusal(
    detail=mark("Die Spalte „{label}“ fehlt."),
    remedy=mark("Ergänzen Sie sie in der ersten Zeile; verlangt sind: {required}."),
)
UNKNOWN_COLUMN = Refusal(
    detail=mark("Die Spalte „{label}“ ist unbekannt."),
    remedy=mark("Entfernen Sie sie oder benennen Sie sie um; möglich sind: {known}."),
)
REPEATED_COLUMN = Refusal(
    detail=mark("Die Spalte „{label}“ kommt mehrmals vor."),
    remedy=mark("Lassen Sie sie einmal stehen."),
)
WRONG_WIDTH = Refusal(
    detail=mark("Die Zeile hat {found} Felder, die Kopfzeile {expected}."),
    remedy=mark("Setzen Sie Texte mit Trennzeichen in Anführungszeichen."),
)
BROKEN_QUOTES = Refusal(
    detail=mark("Die Anführungszeichen der Zeile gehen nicht auf."),
    remedy=mark("Verdoppeln Sie Anführungszeichen innerhalb eines Feldes."),
)
DUPLICATE = Refusal(
    detail=mark("„{label}“ steht mit demselben Wert schon in Zeile {first}."),
    remedy=mark("Behalten Sie eine der beiden Zeilen."),
)
FORM = Refusal(
    detail=PATTERN.detail,
    remedy=mark("Verlangt ist zum Beispiel: {examples}."),
)
NO_ROWS = Refusal(
    detail=mark("Die Datei hat keine Zeilen unter der Kopfzeile."),
    remedy=mark("Ergänzen Sie mindestens eine."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one field, or with a whole line where ``column`` is None."""

    line: int
    column: str | None
    refusal: Refusal


class FaultyFile(Exception):
    """The file cannot be taken in; nothing of it was."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(len(faults))
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.column or "")))


def fault(line: int, column: str | None, refusal: Refusal, **values: object) -> Fault:
    """A fault whose sentence has these values filled in."""
    filled = Refusal(detail=refusal.detail, remedy=refusal.remedy, values=values)
    return Fault(line=line, column=column, refusal=filled)
