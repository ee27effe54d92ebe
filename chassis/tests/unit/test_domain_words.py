"""The chassis knows nothing of what its values mean: no word of the domain stands in it.

Words that the machinery itself has are free: *request* and *Anfrage* (HTTP's), *broker*, *cluster*
and *admin* (Kafka's), *operator* (whoever runs a service), *contact* as a verb, *member* and
*matching* (any programmer's), *category* and *directory* (Unicode's and the file system's),
*subscriber* and *notification* (messaging's).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chassis

PACKAGE = Path(chassis.__file__).parent
PROJECT = PACKAGE.parents[1]
KINDS = {".py", ".md", ".html", ".po", ".sql", ".css", ".js", ".svg", ".toml"}
FOREIGN = PACKAGE / "web" / "static" / "kern"

WORDS = """
listing offer proposal organisation organization outcome moderator moderation survey questionnaire
enquiry inquiry partner company cooperation collaboration postcode manufacturer hospital
angebot gesuch nachfrage vorschlag umfrage befragung mitglied unternehmen kooperation
"""
DOMAIN = frozenset(WORDS.split())


def sources() -> list[Path]:
    package = [path for path in sorted(PACKAGE.rglob("*")) if not path.is_relative_to(FOREIGN)]
    texts = [path for path in package if path.suffix in KINDS]
    own = [PROJECT / name for name in ("README.md", "CHANGELOG.md", "pyproject.toml")]
    return [*own, *texts]


def words_of(text: str) -> Iterator[str]:
    """Its words in lower case and the singular, out of snake_case and CamelCase as well."""
    for word in re.findall(r"[A-ZÄÖÜ]?[a-zäöüß]+|[A-ZÄÖÜ]+", text):
        lower = word.lower()
        yield re.sub(r"ies$", "y", lower)
        yield re.sub(r"(s|e|en)$", "", lower)
        yield lower


def domain_words_in(text: str) -> frozenset[str]:
    return DOMAIN & set(words_of(text))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_word_of_the_domain(path: Path) -> None:
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for number, line in enumerate([path.name, *path.read_text().splitlines()])
        if domain_words_in(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "listing.state",
        "on_listing_created",
        "class ListingClosed",
        "publish_offers",
        "OfferDraft",
        "MAX_OFFERS",
        "the organisations",
        "from surveys import",
        "Angebote",
        "enquiries",
        "enquiry_email",
    ],
)
def test_a_word_is_found_in_every_form(text: str) -> None:
    assert domain_words_in(text)


@pytest.mark.parametrize("text", ["a request's body", "the broker answers", "offset", "offered"])
def test_words_of_the_machinery_are_free(text: str) -> None:
    assert not domain_words_in(text)
