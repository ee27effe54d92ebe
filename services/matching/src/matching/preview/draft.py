"""A listing as far as it is written: the fields of the listing form that matching reads.

What the form refuses as text is refused here in the same words.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chassis.web.text import PlainLine, PlainProse, Separated
from matching.listing_text import ListingText, need_of, with_needs
from matching.stated_needs import needs_of_request
from schemas.vocabulary import Language, ListingKind


def _lines(value: object) -> object:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        return value
    return [line for text in texts for line in _written(text)]


def _written(text: object) -> Iterator[object]:
    if isinstance(text, str):
        yield from (line.strip() for line in text.splitlines() if line.strip())
    else:
        yield text


class Draft(BaseModel):
    """Other fields of the form are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: ListingKind = Field(title="Art des Eintrags")
    title: PlainLine = Field(title="Titel", min_length=3, max_length=120)
    description: PlainProse = Field(default="", title="Beschreibung", max_length=4000)
    category: PlainLine = Field(default="", title="Kategorie", max_length=60)
    tags: Annotated[tuple[Annotated[PlainLine, Field(max_length=40)], ...], Separated] = Field(
        default=(), title="Stichwörter", max_length=10
    )
    needs: Annotated[
        tuple[Annotated[PlainLine, Field(max_length=200)], ...], BeforeValidator(_lines)
    ] = Field(default=(), title="Weiterer Bedarf", max_length=10)
    language: Language = Field(default=Language.GERMAN, title="Sprache")

    def texts(self) -> tuple[ListingText, ...]:
        """The draft itself, then each further need of a request as a request of its own."""
        asked = self.kind is ListingKind.REQUEST
        text = ListingText(
            kind=self.kind,
            title=self.title,
            description="\n".join((self.description, *(() if asked else self.needs))),
            tags=self.tags,
            category=self.category,
            language=self.language,
        )
        needs = needs_of_request(text, self.needs)
        return (text, *(need_of(text, need) for need in needs))

    def whole_text(self) -> ListingText:
        """All that it says in one text, its needs as well."""
        return with_needs(self.texts()[0], self.needs if self.kind is ListingKind.REQUEST else ())
