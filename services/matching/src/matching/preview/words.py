"""How well a counterpart fits and why, in words; the same words as on a proposal's page."""

from collections.abc import Callable

from chassis.web.language import Language
from chassis.web.translation import mark
from schemas.match import Reasons
from schemas.vocabulary import ListingKind, Strength

Say = Callable[..., str]

STRENGTHS: dict[Strength | None, str] = {
    Strength.STRONG: mark("Passt wahrscheinlich gut"),
    Strength.POSSIBLE: mark("Passt vielleicht"),
    None: mark("Nur entfernt ähnlich"),
}
SAME_WORD = mark("In beiden Einträgen geht es um „{word}“.")
WORDS_MET = mark("Im Gesuch steht „{request_word}“, im Angebot „{offer_word}“.")
SAME_CATEGORY = mark("Beide stehen unter „{category}“.")
CATEGORY_ALONE = mark(
    "Die beiden Texte gleichen sich im Ganzen, und beide stehen unter „{category}“."
)
ON_THE_WHOLE = mark(
    "Die beiden Texte gleichen sich im Ganzen, ohne dass ein einzelnes Wort den Ausschlag gibt."
)


def sentences(
    reasons: Reasons, say: Say, language: Language, *, own: ListingKind
) -> tuple[str, ...]:
    """Why a draft of the kind ``own`` and a listing fit; never nothing."""
    said = [
        say(SAME_WORD, word=met.request_word if own is ListingKind.REQUEST else met.offer_word)
        if met.request_word.casefold() == met.offer_word.casefold()
        else say(WORDS_MET, request_word=met.request_word, offer_word=met.offer_word)
        for met in reasons.words
    ]
    if reasons.same_category is not None:
        category = reasons.same_category
        label = category.label_en if language == "en" else category.label_de
        said.append(say(SAME_CATEGORY if said else CATEGORY_ALONE, category=label))
    return tuple(said) or (say(ON_THE_WHOLE),)
