"""Whom a broker could ask about a request: ranked, with reasons as data."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from matching.analysis import Analysis
from matching.engine import Engine, Pair
from matching.exclusion import excludes
from matching.explanation import Circumstances, Position, distance_km
from matching.kept_listing import names_of
from matching.known_words import known_words
from matching.listing_text import ListingText
from matching.stated_needs import is_line
from matching.unmet.capability import KnownCapability, Source
from matching.unmet.industry import common_words, industry_of
from schemas.match import WordPair
from schemas.organisation import OrganisationState
from schemas.vocabulary import Language

MOST_CANDIDATES = 15
LEAST_D = 2.0
"""Of the sample cluster's firms that fit a request nine in ten stand above it by their profile."""

UNEXPLAINED_D = 3.5
"""Without any reason to tell, only a firm that resembles the request so much is listed."""

OFFER_D = 3.0
"""An offer below it is not called similar."""

FAR_KM = 300.0
FAR_COSTS = 0.3
"""So many deviations less for a firm at 300 km or more, nothing for a neighbour."""

MOST_TITLES = 2


class CandidateReasons(BaseModel):
    """Why a firm could do it; every part may be absent.

    ``offers`` are titles of offers that the firm had, ``had_offer`` says so without a title too.
    """

    model_config = ConfigDict(frozen=True)

    words: tuple[WordPair, ...] = ()
    industry_code: str | None = None
    had_offer: bool = False
    offers: tuple[str, ...] = Field(default=(), max_length=MOST_TITLES)
    distance_km: int | None = None

    @property
    def tell_something(self) -> bool:
        """Nearness alone is no reason."""
        return bool(self.words or self.industry_code or self.had_offer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    organisation_id: UUID
    reasons: CandidateReasons


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """How one capability stands to the request, in the engine's words."""

    capability: KnownCapability
    pair: Pair

    @property
    def q(self) -> float:
        return self.pair.score.q

    @property
    def d(self) -> float:
        return self.pair.score.d

    @property
    def is_similar_offer(self) -> bool:
        return self.capability.source is Source.OFFER and self.d >= OFFER_D


def ranked(
    engine: Engine,
    parts: Iterable[Analysis],
    capabilities: Iterable[KnownCapability],
    organisations: Mapping[UUID, OrganisationState],
    *,
    position: Position | None,
    place_names: frozenset[str],
    text: ListingText,
    lines: Sequence[str],
) -> tuple[Candidate, ...]:
    """The organisations of which one capability fits one part of the request, best first.

    ``text`` is the whole request's, ``lines`` are its further needs; what the text rules out serves
    the lines at most. ``place_names`` are of where it is.
    """
    read = tuple(parts)
    known = {
        each.capability_id: each for each in capabilities if each.organisation_id in organisations
    }
    words = {
        key: Circumstances(
            places=place_names | names_of(organisations[each.organisation_id].place),
            known_words=known_words(text, each.text),
        )
        for key, each in known.items()
    }
    fits = _fits(engine, read, known, text, lines=lines, words=words)
    sought = frozenset(term for part in read for term in part.terms)
    scored = []
    for organisation_id, organisation in organisations.items():
        own = sorted(fits.get(organisation_id, ()), key=lambda fit: -fit.q)
        if own:
            away = _distance(organisation, position)
            industry = _telling_industry(engine, organisation, sought, text.language)
            candidate = _candidate(organisation, own, away=away, industry_code=industry)
            if candidate.reasons.tell_something or own[0].d >= UNEXPLAINED_D:
                scored.append((own[0].q - _far(away), candidate))
    best = sorted(scored, key=lambda pair: (-pair[0], str(pair[1].organisation_id)))
    return tuple(candidate for _, candidate in best[:MOST_CANDIDATES])


def _fits(
    engine: Engine,
    parts: tuple[Analysis, ...],
    known: Mapping[UUID, KnownCapability],
    text: ListingText,
    *,
    lines: Sequence[str],
    words: Mapping[UUID, Circumstances],
) -> dict[UUID, list[_Fit]]:
    found: dict[UUID, list[_Fit]] = {}
    analyses = {key: each.analysis for key, each in known.items()}
    barred = frozenset(
        key for key, each in known.items() if excludes(text, each.text, roots=engine.lexicon.roots)
    )
    for place, part in enumerate(parts):
        shut = frozenset() if is_line(place, lines) else barred
        met = {key: each for key, each in analyses.items() if key not in shut}
        for each in engine.rank(part, met, best=len(met), circumstances=words):
            if each.pair.score.d >= LEAST_D:
                capability = known[each.id]
                fit = _Fit(capability=capability, pair=each.pair)
                found.setdefault(capability.organisation_id, []).append(fit)
    return found


def _candidate(
    organisation: OrganisationState,
    fits: list[_Fit],
    *,
    away: float | None,
    industry_code: str | None,
) -> Candidate:
    words = fits[0].pair.reasons.words
    offers = [fit.capability for fit in fits if fit.is_similar_offer]
    titles = dict.fromkeys(offer.title for offer in offers if offer.title)
    reasons = CandidateReasons(
        words=tuple(
            WordPair(request_word=met.request_word, offer_word=met.offer_word) for met in words
        ),
        industry_code=industry_code,
        had_offer=bool(offers),
        offers=tuple(titles)[:MOST_TITLES],
        distance_km=None if away is None else round(away),
    )
    return Candidate(organisation_id=organisation.organisation_id, reasons=reasons)


def _telling_industry(
    engine: Engine, organisation: OrganisationState, sought: frozenset[str], language: Language
) -> str | None:
    """The industry is a reason where its name and the request share a word or a part of one."""
    industry = industry_of(organisation.industry_code)
    if industry is None:
        return None
    words = industry.name_in(language).casefold().split()
    telling = " ".join(word for word in words if word not in common_words(language))
    shared = sought.intersection(engine.lexicon.terms(telling, language))
    return organisation.industry_code if shared else None


def _distance(organisation: OrganisationState, position: Position | None) -> float | None:
    place = organisation.place
    if place is None or position is None:
        return None
    return distance_km(position, Position(latitude=place.latitude, longitude=place.longitude))


def _far(away: float | None) -> float:
    return 0.0 if away is None else FAR_COSTS * min(away / FAR_KM, 1.0)
