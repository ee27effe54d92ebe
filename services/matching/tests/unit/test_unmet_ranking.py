"""Whom a broker could ask: the best capability of each firm counts, and nearness a little."""

from uuid import UUID, uuid4

import pytest
from kept_listing_builders import ROSTOCK, WISMAR
from matching_builders import WordEncoder, a_reading, an_offer, unsplit
from matching_builders import a_request as a_seeking
from unmet_builders import a_firm

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.coarse import CoarseText, nearest
from matching.engine import Engine
from matching.explanation import Position
from matching.kept_listing import names_of
from matching.lexicon import Lexicon
from matching.unmet.candidate import MOST_CANDIDATES, Candidate, ranked
from matching.unmet.capability import KnownCapability, Source, text_of_profile
from matching.unmet.industry import industry_of
from schemas.organisation import OrganisationState

NEAR_ROSTOCK = Position(latitude=ROSTOCK.latitude, longitude=ROSTOCK.longitude)


@pytest.fixture
def small_engine(version: AnalysisVersion) -> Engine:
    return Engine(encoder=WordEncoder(), lexicon=Lexicon(unsplit), version=version)


def seeking(version: AnalysisVersion, words: str) -> Analysis:
    return version.analysed(a_reading(a_seeking(words)))


def able(
    version: AnalysisVersion,
    words: str,
    organisation: OrganisationState,
    *,
    source: Source = Source.PROFILE,
    title: str = "",
) -> KnownCapability:
    return KnownCapability(
        capability_id=uuid4(),
        organisation_id=organisation.organisation_id,
        source=source,
        title=title,
        text=an_offer(words, category="-"),
        analysis=version.analysed(a_reading(an_offer(words, category="-"))),
    )


def ranking(
    engine: Engine,
    request: Analysis,
    *known: tuple[OrganisationState, KnownCapability],
    text: str = "",
    needs: tuple[Analysis, ...] = (),
) -> tuple[Candidate, ...]:
    return ranked(
        engine,
        [request, *needs],
        [capability for _, capability in known],
        {organisation.organisation_id: organisation for organisation, _ in known},
        position=NEAR_ROSTOCK,
        place_names=names_of(ROSTOCK),
        text=a_seeking("Gesucht", text),
        lines=["Bedarf"] * len(needs),
    )


def ids(candidates: tuple[Candidate, ...]) -> list[UUID]:
    return [each.organisation_id for each in candidates]


def test_a_firm_that_fits_is_a_candidate_and_another_is_not(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    pumps, beds = a_firm("Pumpen AG", ""), a_firm("Betten AG", "")
    request = seeking(version, "pumpen dosierung ventile")

    found = ranking(
        small_engine,
        request,
        (beds, able(version, "betten pflege matratzen", beds)),
        (pumps, able(version, "pumpen dosierung ventile", pumps)),
    )

    assert ids(found) == [pumps.organisation_id]


def test_the_nearer_of_two_equals_comes_first(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    far = a_firm("Fern AG", "", place=WISMAR.model_copy(update={"latitude": 48.1}))
    near = a_firm("Nah AG", "", place=ROSTOCK)
    request = seeking(version, "pumpen dosierung ventile")

    found = ranking(
        small_engine,
        request,
        (far, able(version, "pumpen dosierung ventile", far)),
        (near, able(version, "pumpen dosierung ventile", near)),
    )

    assert ids(found) == [near.organisation_id, far.organisation_id]
    assert found[0].reasons.distance_km == 0


def test_where_the_two_are_is_no_reason(small_engine: Engine, version: AnalysisVersion) -> None:
    firm = a_firm("Klinikum Wismar", "", place=WISMAR)
    request = seeking(version, "Wismar Rostock Pumpen Ventile")

    (found,) = ranking(
        small_engine, request, (firm, able(version, "Wismar Rostock Pumpen Ventile", firm))
    )

    assert {each.offer_word for each in found.reasons.words} == {"Pumpen", "Ventile"}


def test_an_offer_that_ended_is_named_as_a_reason(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    firm = a_firm("Nord AG", "")
    offer = able(
        version, "pumpen dosierung ventile", firm, source=Source.OFFER, title="Pumpen ab Lager"
    )

    (found,) = ranking(small_engine, seeking(version, "pumpen dosierung ventile"), (firm, offer))

    assert found.reasons.had_offer
    assert found.reasons.offers == ("Pumpen ab Lager",)


def test_what_the_request_rules_out_serves_its_further_needs_alone(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    firm = a_firm("Schlauchpumpen AG", "")
    words = "pumpen dosierung ventile"
    known = able(version, words, firm)
    request, text = seeking(version, words), "Ventile gesucht, keine Pumpen."

    def found(text: str, *needs: Analysis) -> list[UUID]:
        return ids(ranking(small_engine, request, (firm, known), text=text, needs=needs))

    assert found("Ventile gesucht.") == [firm.organisation_id]
    assert found(text) == []
    assert found(text, seeking(version, words)) == [firm.organisation_id]


def test_a_designation_of_both_is_the_first_reason(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    firm = a_firm("Nord AG", "")
    words = "pumpen dosierung EN 14476"

    (found,) = ranking(
        small_engine, seeking(version, words), (firm, able(version, words, firm)), text=words
    )

    assert found.reasons.words[0].offer_word == "EN 14476"


def test_the_industry_is_a_reason_where_it_shares_a_word(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    pumps = a_firm("Pumpen AG", "", industry_code="28.13")
    bakery = a_firm("Bäckerei", "", industry_code="10.71")
    request = seeking(version, "pumpen dosierung ventile")

    found = ranking(
        small_engine,
        request,
        (pumps, able(version, "pumpen dosierung ventile", pumps)),
        (bakery, able(version, "pumpen dosierung ventile", bakery)),
    )

    codes = {each.organisation_id: each.reasons.industry_code for each in found}
    assert codes == {pumps.organisation_id: "28.13", bakery.organisation_id: None}


def test_a_list_is_no_longer_than_a_broker_reads(
    small_engine: Engine, version: AnalysisVersion
) -> None:
    firms = [a_firm(f"Pumpen {number}", "") for number in range(MOST_CANDIDATES + 5)]
    known = [(firm, able(version, "pumpen dosierung ventile", firm)) for firm in firms]

    found = ranking(small_engine, seeking(version, "pumpen dosierung ventile"), *known)

    assert len(found) == MOST_CANDIDATES


@pytest.mark.parametrize(
    ("code", "german"),
    [("28.13", "Herstellung von Pumpen und Kompressoren"),
     ("32.50.1", "Herstellung von medizinischen und zahnmedizinischen Apparaten und Materialien"),
     ("10.71", "Herstellung von Nahrungs- und Futtermitteln"),
     ("86.90.9", "Therapie, Labore, Rettungsdienst und sonstiges Gesundheitswesen")],
)  # fmt: skip
def test_an_industry_has_its_own_name_or_its_groups(code: str, german: str) -> None:
    industry = industry_of(code)

    assert industry is not None
    assert industry.german == german
    assert industry.english


@pytest.mark.parametrize("code", [None, "", "00", "x"])
def test_an_unknown_industry_has_none(code: str | None) -> None:
    assert industry_of(code) is None


def test_a_profile_speaks_of_its_industry_too() -> None:
    text = text_of_profile(a_firm("Nord AG", "Wir bauen.", industry_code="28.13"))

    assert (text.title, text.description) == ("Nord AG", "Wir bauen.")
    assert text.tags == ("Herstellung von Pumpen und Kompressoren",)


def test_the_first_look_finds_the_like_and_names_each_once(version: AnalysisVersion) -> None:
    request = seeking(version, "pumpen dosierung ventile")
    like = version.analysed(a_reading(an_offer("pumpen dosierung ventile")))
    unlike = version.analysed(a_reading(an_offer("betten pflege matratzen")))
    first, second = uuid4(), uuid4()
    texts = [
        CoarseText(id=second, vector=unlike.vector.tobytes(), deviation=None),
        CoarseText(id=first, vector=like.vector.tobytes(), deviation=1.0),
        CoarseText(id=first, vector=like.vector.tobytes(), deviation=1.0),
    ]

    assert nearest(request, texts, typical_deviation=1.0, count=3) == (first, second)
    assert nearest(request, [], typical_deviation=1.0, count=3) == ()
