"""Why an input is refused, in words and with the remedy; German, translated when shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from pydantic_core import ErrorDetails, PydanticCustomError

from chassis.web.translation import mark

REFUSAL = "refusal"
LONG = frozenset({"string_too_long", "too_long"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One sentence about a field (`{label}` and other values are filled in) and what to do.

    `remedy_in_data` is said instead where no form stands around the field: in JSON and in files.
    """

    detail: str
    remedy: str = ""
    remedy_in_data: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def in_data(self) -> Self:
        return replace(self, remedy=self.remedy_in_data or self.remedy)


def refuse(refusal: Refusal, **values: object) -> PydanticCustomError:
    """What a validator raises to refuse a value in its own words."""
    context = {**refusal.values, **values, "detail": refusal.detail, REFUSAL: refusal}
    return PydanticCustomError(REFUSAL, "{detail}", context)


def refusal_of(error: ErrorDetails, *, for_programs: bool = False) -> Refusal:
    """What to say about one Pydantic error; programs and files have no form to look at."""
    context = dict(error.get("ctx", {}))
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ").replace("'", "")
    if error["type"] == REFUSAL:
        del context["detail"]
        known: Refusal = context.pop(REFUSAL)
    elif error["type"] == "value_error" and "reason" in context:
        known = EMAIL
    elif _is_long_entry(error):
        known = ENTRY_TOO_LONG
        # Programs call an entry "tags.0"; what is said is about the list that holds it.
        context |= {"label": str(error["loc"][-2])} if for_programs else {}
    else:
        known = BY_TYPE.get(error["type"], INVALID)
    found = replace(known, values=context)
    return found.in_data() if for_programs else found


def _is_long_entry(error: ErrorDetails) -> bool:
    """Pydantic calls a long text in a list `too_long` as well as a list of too many entries."""
    is_entry = len(error["loc"]) > 1 and isinstance(error["loc"][-1], int)
    return is_entry and error["type"] in LONG and isinstance(error["input"], str)


MISSING = Refusal(detail=mark("„{label}“ fehlt."), remedy=mark("Füllen Sie dieses Feld aus."))
INVALID = Refusal(detail=mark("„{label}“ ist ungültig."), remedy=mark("Prüfen Sie die Eingabe."))
EMAIL = Refusal(
    detail=mark("„{label}“ ist keine gültige E-Mail-Adresse."),
    remedy=mark("Schreiben Sie sie in der Form name@beispiel.de."),
)
CONTROL_CHARACTER = Refusal(
    detail=mark("„{label}“ enthält unsichtbare Steuerzeichen."),
    remedy=mark("Tippen Sie den Text neu, statt ihn einzufügen."),
)
HTML = Refusal(
    detail=mark("„{label}“ enthält HTML."),
    remedy=mark("Schreiben Sie reinen Text ohne spitze Klammern wie <b>."),
)
TEXT_TYPE = Refusal(
    detail=mark("„{label}“ muss ein Text sein."), remedy=mark("Senden Sie einen Text.")
)
TOO_LONG = Refusal(
    detail=mark("„{label}“ ist zu lang: höchstens {max_length} Zeichen."),
    remedy=mark("Kürzen Sie den Text."),
)
ENTRY_TOO_LONG = Refusal(
    detail=mark("Ein Eintrag in „{label}“ ist zu lang: höchstens {max_length} Zeichen."),
    remedy=mark("Kürzen Sie ihn, oder trennen Sie mehrere wie beim Feld beschrieben."),
    remedy_in_data=mark("Kürzen Sie ihn."),
)
TOO_SHORT = Refusal(
    detail=mark("„{label}“ ist zu kurz: mindestens {min_length} Zeichen."),
    remedy=mark("Schreiben Sie etwas mehr."),
)
TOO_MANY = Refusal(
    detail=mark("„{label}“ hat zu viele Einträge: höchstens {max_length}."),
    remedy=mark("Entfernen Sie Einträge."),
)
TOO_FEW = Refusal(
    detail=mark("„{label}“ hat zu wenige Einträge: mindestens {min_length}."),
    remedy=mark("Wählen Sie mehr Einträge."),
)
PATTERN = Refusal(
    detail=mark("„{label}“ hat nicht die verlangte Form."),
    remedy=mark("Richten Sie sich nach dem Beispiel beim Feld."),
    remedy_in_data=mark("Verlangt ist die Form {pattern}."),
)
WHOLE_NUMBER = Refusal(
    detail=mark("„{label}“ muss eine ganze Zahl sein."),
    remedy=mark("Schreiben Sie nur Ziffern, zum Beispiel 250."),
)
NUMBER = Refusal(
    detail=mark("„{label}“ muss eine Zahl sein."),
    remedy=mark("Schreiben Sie nur Ziffern und höchstens ein Komma."),
    remedy_in_data=mark("Schreiben Sie nur Ziffern und höchstens einen Punkt, zum Beispiel 2.5."),
)
PLACES = Refusal(
    detail=mark("„{label}“ hat zu viele Stellen."), remedy=mark("Runden Sie die Zahl.")
)
ABOVE = Refusal(
    detail=mark("„{label}“ muss größer als {gt} sein."), remedy=mark("Geben Sie mehr an.")
)
AT_LEAST = Refusal(
    detail=mark("„{label}“ muss mindestens {ge} sein."), remedy=mark("Geben Sie mehr an.")
)
BELOW = Refusal(
    detail=mark("„{label}“ muss kleiner als {lt} sein."), remedy=mark("Geben Sie weniger an.")
)
AT_MOST = Refusal(
    detail=mark("„{label}“ darf höchstens {le} sein."), remedy=mark("Geben Sie weniger an.")
)
YES_OR_NO = Refusal(
    detail=mark("„{label}“ muss ja oder nein sein."),
    remedy=mark("Wählen Sie ja oder nein."),
    remedy_in_data=mark("Schreiben Sie true oder false."),
)
DAY = Refusal(
    detail=mark("„{label}“ ist kein gültiges Datum."),
    remedy=mark("Schreiben Sie es als Jahr-Monat-Tag, zum Beispiel 2026-03-31."),
)
MOMENT = Refusal(
    detail=mark("„{label}“ ist kein gültiger Zeitpunkt."),
    remedy=mark("Schreiben Sie ihn mit Zeitzone, zum Beispiel 2026-03-31T12:00:00Z."),
)
CHOICE = Refusal(
    detail=mark("„{label}“ steht nicht zur Auswahl."),
    remedy=mark("Wählen Sie einen der angebotenen Werte."),
    remedy_in_data=mark("Erlaubt ist: {expected}."),
)
IDENTIFIER = Refusal(
    detail=mark("„{label}“ ist keine gültige Kennung."),
    remedy=mark("Übernehmen Sie die Kennung unverändert."),
)
ADDRESS = Refusal(
    detail=mark("„{label}“ ist keine gültige Internetadresse."),
    remedy=mark("Schreiben Sie sie in der Form https://www.beispiel.de."),
)
LIST = Refusal(
    detail=mark("„{label}“ muss eine Liste sein."), remedy=mark("Senden Sie eine Liste.")
)
OBJECT = Refusal(
    detail=mark("„{label}“ muss ein JSON-Objekt sein."), remedy=mark("Senden Sie ein Objekt.")
)
UNKNOWN_FIELD = Refusal(
    detail=mark("„{label}“ ist hier unbekannt."), remedy=mark("Lassen Sie dieses Feld weg.")
)
NOT_JSON = Refusal(
    detail=mark("Der Inhalt ist kein gültiges JSON."),
    remedy=mark("Prüfen Sie Klammern, Anführungszeichen und die Kodierung UTF-8."),
)

_GROUPS: tuple[tuple[Refusal, str], ...] = (
    (MISSING, "missing missing_argument"),
    (TEXT_TYPE, "string_type string_unicode"),
    (TOO_LONG, "string_too_long bytes_too_long url_too_long"),
    (TOO_SHORT, "string_too_short bytes_too_short"),
    (TOO_MANY, "too_long"),
    (TOO_FEW, "too_short"),
    (PATTERN, "string_pattern_mismatch"),
    (WHOLE_NUMBER, "int_type int_parsing int_parsing_size int_from_float"),
    (NUMBER, "float_type float_parsing decimal_type decimal_parsing finite_number"),
    (PLACES, "decimal_max_digits decimal_max_places decimal_whole_digits"),
    (ABOVE, "greater_than"),
    (AT_LEAST, "greater_than_equal"),
    (BELOW, "less_than"),
    (AT_MOST, "less_than_equal"),
    (YES_OR_NO, "bool_type bool_parsing"),
    (DAY, "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact"),
    (DAY, "date_past date_future"),
    (MOMENT, "datetime_type datetime_parsing datetime_from_date_parsing datetime_object_invalid"),
    (MOMENT, "timezone_aware timezone_naive datetime_past datetime_future"),
    (CHOICE, "enum literal_error"),
    (IDENTIFIER, "uuid_type uuid_parsing uuid_version"),
    (ADDRESS, "url_type url_parsing url_syntax_violation url_scheme"),
    (LIST, "list_type tuple_type set_type frozen_set_type"),
    (OBJECT, "model_type model_attributes_type dict_type dataclass_type"),
    (UNKNOWN_FIELD, "extra_forbidden unexpected_keyword_argument"),
    (NOT_JSON, "json_invalid json_type"),
)
BY_TYPE = {name: refusal for refusal, names in _GROUPS for name in names.split()}
