"""Why two listings fit, in words: from the reasons of a proposal to sentences for one side."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from chassis.web.translation import mark
from schemas.match import Reasons

Side = Literal["offer", "request"]
NEAR_KM = 50

NEED_AS_SEEN_FROM: dict[Side, str] = {
    "request": mark("Es passt zu Ihrem weiteren Bedarf „{need}“."),
    "offer": mark("Dort wird auch „{need}“ gebraucht, und dazu passt es."),
}
MET_AS_SEEN_FROM: dict[Side, str] = {
    "request": mark("In Ihrem Eintrag steht „{request_word}“, im Angebot „{offer_word}“."),
    "offer": mark("In Ihrem Eintrag steht „{offer_word}“, im Gesuch „{request_word}“."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A marked message and the values it names."""

    message: str
    values: dict[str, object] = field(default_factory=dict)


AS_A_WHOLE = Sentence(
    message=mark(
        "Die beiden Texte gleichen sich im Ganzen, ohne dass ein einzelnes Wort den Ausschlag gibt."
    )
)
BY_THE_DIRECTORY = Sentence(message=mark("Ihr Eintrag im Verzeichnis passt im Ganzen dazu."))


def sentences(
    reasons: Reasons, side: Side, language: str, *, otherwise: Sentence = AS_A_WHOLE
) -> tuple[Sentence, ...]:
    """What speaks for the proposal, the strongest first, as the ``side`` reads it.

    Where no need, word or category can be named that both share, ``otherwise`` is said.
    """
    named = (*_need(reasons, side), *_words(reasons, side))
    content = (*named, *_category(reasons, language, alone=not named))
    return (*(content or (otherwise,)), *_distance(reasons), *_dates(reasons))


def _need(reasons: Reasons, side: Side) -> Iterator[Sentence]:
    if reasons.met_need is not None:
        yield Sentence(message=NEED_AS_SEEN_FROM[side], values={"need": reasons.met_need})


def _words(reasons: Reasons, side: Side) -> Iterator[Sentence]:
    for pair in reasons.words:
        if pair.request_word.casefold() == pair.offer_word.casefold():
            own = pair.request_word if side == "request" else pair.offer_word
            yield Sentence(message=mark("In beiden geht es um „{word}“."), values={"word": own})
        else:
            yield Sentence(message=MET_AS_SEEN_FROM[side], values=pair.model_dump())


def _category(reasons: Reasons, language: str, *, alone: bool) -> Iterator[Sentence]:
    """Where it stands alone, nothing else says that the texts are alike as well."""
    category = reasons.same_category
    if category is not None:
        label = category.label_en if language == "en" else category.label_de
        yield Sentence(
            message=mark(
                "Die beiden Texte gleichen sich im Ganzen, und beide stehen unter „{category}“."
            )
            if alone
            else mark("Beide stehen unter „{category}“."),
            values={"category": label},
        )


def _distance(reasons: Reasons) -> Iterator[Sentence]:
    distance_km = reasons.told_distance_km
    if distance_km == 0:
        yield Sentence(message=mark("Beide sind am selben Ort."))
    elif distance_km is not None:
        yield Sentence(
            message=mark("Nur rund {distance_km} km liegen dazwischen.")
            if distance_km <= NEAR_KM
            else mark("Rund {distance_km} km liegen dazwischen."),
            values={"distance_km": distance_km},
        )


def _dates(reasons: Reasons) -> Iterator[Sentence]:
    """Two dates that agree speak for a pair; one alone says nothing about the other side."""
    start, end = reasons.available_from, reasons.needed_by
    if start and end:
        yield Sentence(
            message=mark("Lieferbar ab {start}, gebraucht bis {end}."),
            values={"start": start, "end": end},
        )
