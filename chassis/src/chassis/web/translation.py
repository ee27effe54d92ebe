"""Message catalogues: the German source string is the message id, .po files are read as is."""

import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from chassis.web.language import LANGUAGES, Language

CHASSIS_PACKAGE = "chassis.web"


def mark(message: str) -> str:
    """Mark a German source string for extraction; it is translated where it is shown."""
    return message


class Catalogue:
    """The translations of the chassis and of one package, by language."""

    def __init__(self, *packages: str) -> None:
        self._translations = {
            language: _merged(language, (CHASSIS_PACKAGE, *packages)) for language in LANGUAGES
        }

    def translations(self, language: Language) -> NullTranslations:
        return self._translations[language]

    def sentence(self, language: Language, message: str, values: Mapping[str, object]) -> str:
        """A marked message in the reader's language, with its named values filled in."""
        said = self.translations(language).gettext(message) if message else ""
        return said.format_map(_Lenient(values)) if values else said


class _Lenient(dict[str, object]):
    """Leaves an unknown `{name}` standing, so that a brace in a text never breaks an answer."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


@cache
def _merged(language: Language, packages: tuple[str, ...]) -> NullTranslations:
    """Read once a process: an installed package stays as it is, and so does what is made of it."""
    translations: NullTranslations = Translations()
    for package in packages:
        po_file = _po_file(package, language)
        if po_file.is_file():
            translations = _merge(translations, po_file, language)
    return translations


def _merge(
    translations: NullTranslations, po_file: Traversable, language: Language
) -> NullTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(po_file.read_bytes()), locale=language))
    compiled.seek(0)
    loaded = Translations(fp=compiled, domain="messages")
    if isinstance(translations, Translations):
        translations.merge(loaded)
    return translations


def _po_file(package: str, language: Language) -> Traversable:
    return files(package).joinpath("locales", language, "LC_MESSAGES", "messages.po")
