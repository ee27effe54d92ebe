"""The form of a listing with the rules that need to know who writes, and when."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Literal
from uuid import UUID, uuid4, uuid5

from pydantic import Field

from chassis.web.forms import WHOLE_FORM, Form
from chassis.web.refusal import Refusal
from chassis.web.translation import mark
from listings.access import SignedIn
from listings.listing.forms import ListingRefused, WrittenListing, content_of
from listings.listing.listing import Listing
from listings.listing.well_formed import refused_besides
from listings.surroundings import Surroundings
from schemas.listing import ListingContent

FOREIGN_ORGANISATION = Refusal(
    detail=mark("Für diese Organisation dürfen Sie nichts einstellen."),
    remedy=mark("Wählen Sie eine Ihrer Organisationen."),
)
WHICH_ORGANISATION = Refusal(
    detail=mark("„{label}“ fehlt."), remedy=mark("Wählen Sie eine Ihrer Organisationen.")
)
CHANGED_MEANWHILE = Refusal(
    detail=mark("Der Eintrag wurde geändert, während Sie schrieben. Gespeichert ist noch nichts."),
    remedy=mark("Unten steht, was Sie schrieben. Soll es gelten, senden Sie es noch einmal ab."),
)


class ListingForm(WrittenListing):
    """The fields of a listing, for whom it is written, and which button was pressed.

    ``form_id`` is that of the page with the form: sent twice, it is one listing. ``changes`` is the
    digest of the text that the page showed for changing.
    """

    form_id: UUID = Field(default_factory=uuid4)
    changes: str = Field(default="", max_length=64)
    organisation_id: UUID | None = Field(default=None, title=mark("Für welche Organisation"))
    act: Literal["draft", "submit"] = Field(default="submit", title=mark("Absenden"))


def listing_id_of(form_id: UUID, content: ListingContent, *, author_id: UUID) -> UUID:
    """One id for one text of one form: a double click posts once, another text is another listing.

    Holds the author, so that nobody can name the id of somebody else's listing.
    """
    return uuid5(form_id, f"{author_id} {content.model_dump_json()}")


def checked(
    around: Surroundings,
    form: Form[ListingForm],
    author: SignedIn,
    *,
    before: Listing | None = None,
) -> tuple[Form[ListingForm], ListingContent | None]:
    """The form with every further refusal, and the listing's content where there is none."""
    if form.value is None:
        found = refused_besides(
            form.given,
            form.refusals,
            categories=around.categories,
            now=around.clock(),
            before=before,
        )
        return _told(form, found), None
    refusals: dict[str, Refusal] = {}
    chosen = form.value.organisation_id
    if chosen is not None and not author.acts_for(chosen):
        refusals["organisation_id"] = FOREIGN_ORGANISATION
    content = None
    try:
        content = content_of(
            form.value, categories=around.categories, now=around.clock(), before=before
        )
    except ListingRefused as refused:
        refusals.update(refused.refusals)
    return _told(form, refusals), None if refusals else content


def _told(form: Form[ListingForm], refusals: Mapping[str, Refusal]) -> Form[ListingForm]:
    for name, refusal in refusals.items():
        form = form.refused(name, refusal.detail, refusal.remedy)
    return form


def for_somebody(form: Form[ListingForm], author: SignedIn) -> Form[ListingForm]:
    """Who acts for several organisations says for which one."""
    is_clear = len(author.organisations) == 1 or any(form.typed.get("organisation_id", ()))
    if is_clear:
        return form
    return form.refused("organisation_id", WHICH_ORGANISATION.detail, WHICH_ORGANISATION.remedy)


def digest_of(content: ListingContent) -> str:
    return sha256(content.model_dump_json().encode()).hexdigest()


def stands_already(
    form: Form[ListingForm], content: ListingContent, current: ListingContent
) -> bool:
    """Whether this very text took the place of what the page showed: by the first of two clicks."""
    return content == current and not _shows(form, digest_of(current))


def says_the_successor(
    around: Surroundings, form: Form[ListingForm], author: SignedIn, successor: Listing
) -> bool:
    """Whether the first of two clicks narrowed a listing to this very text, which has a new id."""
    _, content = checked(around, form, author, before=successor)
    if content is None or not author.acts_for(successor.organisation_id):
        return False
    content = content.model_copy(update={"kind": successor.content.kind})
    return stands_already(form, content, successor.latest)


def _shows(form: Form[ListingForm], digest: str) -> bool:
    return form.value is None or form.value.changes in ("", digest)


def unless_changed(form: Form[ListingForm], current: ListingContent) -> Form[ListingForm]:
    """Refused once where somebody else changed the text meanwhile; sent again, it is meant."""
    digest = digest_of(current)
    if _shows(form, digest):
        return form
    refused = form.refused(WHOLE_FORM, CHANGED_MEANWHILE.detail, CHANGED_MEANWHILE.remedy)
    return replace(refused, typed={**form.typed, "changes": (digest,)})
