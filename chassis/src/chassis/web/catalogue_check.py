"""Keeps catalogues complete: what the code says in German must stand translated in the .po file."""

import ast
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
OPTIONS = {"**/templates/**": {"newstyle_gettext": "true"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "mark": None,
    "ngettext": (1, 2),
    "pgettext": (1, 2),
}
LINE_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """What a catalogue lacks and what it holds for nothing."""

    untranslated: tuple[str, ...]
    unused: tuple[str, ...]


def catalogue_gaps(package: str, language: str = "en") -> Gaps:
    """Compare a package's sources with its committed catalogue."""
    used = {_key(message) for message in _extracted(package) if message.id}
    catalogue = _read(_po_path(package, language))
    done = {_key(m) for m in catalogue if m.id and _is_translated(m)}
    listed = {_key(m) for m in catalogue if m.id}
    return Gaps(untranslated=tuple(sorted(used - done)), unused=tuple(sorted(listed - used)))


def update_catalogue(package: str, language: str = "en") -> Gaps:
    """Write new messages into the .po file, drop the unused; translating is left to people."""
    path = _po_path(package, language)
    catalogue = _read(path)
    catalogue.update(_extracted(package), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(
        buffer, catalogue, width=LINE_WIDTH, omit_header=True, no_location=True, sort_output=True
    )
    path.write_bytes(buffer.getvalue())
    return catalogue_gaps(package, language)


def _extracted(package: str) -> Catalog:
    catalogue = Catalog(domain="messages", locale="en")
    for message, context in _messages(_root(package)):
        catalogue.add(message, context=context)
    return catalogue


def _messages(root: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    found = extract_from_dir(root, METHODS, OPTIONS, keywords=KEYWORDS)
    for _, _, message, _, context in found:
        yield message, context
    for source in root.rglob("*.py"):
        for title in _field_titles(ast.parse(source.read_bytes())):
            yield title, None


def _field_titles(tree: ast.AST) -> Iterator[str]:
    """The labels of form fields: `Field(title="…")`, which gettext's own extraction passes over."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    fields = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Field")
    for keyword in (keyword for field in fields for keyword in field.keywords):
        value = keyword.value
        if (
            keyword.arg == "title"
            and isinstance(value, ast.Constant)
            and isinstance(value.value, str)
        ):
            yield value.value


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings) and not message.fuzzy


def _read(path: Path) -> Catalog:
    if not path.is_file():
        return Catalog(locale="en", domain="messages", charset="utf-8")
    return read_po(io.BytesIO(path.read_bytes()), locale="en")


def _root(package: str) -> Path:
    return Path(str(files(package)))


def _po_path(package: str, language: str) -> Path:
    return _root(package) / "locales" / language / "LC_MESSAGES" / "messages.po"


def _missing(package: str) -> str:
    """Why nothing can be written, with the remedy; empty where there is a catalogue."""
    try:
        path = _po_path(package, "en")
    except (ModuleNotFoundError, ValueError):
        return f"There is no package “{package}”; name a package, such as chassis.web or a service."
    if path.is_file():
        return ""
    return (
        f"{package} has no catalogue; name the package that has one, such as chassis.web,"
        f" or begin it with an empty file {path}."
    )


def main(package: str = "") -> int:
    """Update the package's catalogue and say what is left to translate."""
    if missing := _missing(package):
        sys.stderr.write(f"{missing}\n")
        return 2
    gaps = update_catalogue(package)
    sys.stdout.writelines(f"untranslated: {message}\n" for message in gaps.untranslated)
    return 1 if gaps.untranslated else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
