import pytest
from pydantic import ValidationError

from chassis.signing import generate_link_key
from matching.settings import MatchingSettings
from matching.spread.rules import SpreadRules
from matching.unmet.patience import Patience


class TestRulesThatSweepsRead:
    @pytest.mark.parametrize(
        "name", ["wave", "weekly_proposals", "unmet_after_hours", "overflow_days"]
    )
    def test_an_impossible_one_is_refused_at_the_start(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(f"MATCHING_{name.upper()}", "0")

        with pytest.raises(ValidationError) as refused:
            MatchingSettings(database_url="", form_key=generate_link_key())

        assert [each["loc"] for each in refused.value.errors()] == [(name,)]

    def test_service_and_sweeps_read_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MATCHING_WAVE", "7")
        monkeypatch.setenv("MATCHING_UNMET_AFTER_HOURS", "48")

        settings = MatchingSettings(database_url="", form_key=generate_link_key())

        assert settings.wave == SpreadRules().wave == 7
        assert settings.unmet_after == Patience().unmet_after

    @pytest.mark.parametrize("name", ["MATCHING_TIME_ZONE", "SERVICES_TIME_ZONE"])
    def test_pages_and_sweeps_know_one_time_zone(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, "America/New_York")

        settings = MatchingSettings(database_url="", form_key=generate_link_key())

        assert settings.time_zone == Patience().time_zone == "America/New_York"

    def test_an_empty_one_is_not_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MATCHING_WAVE", "")
        monkeypatch.setenv("MATCHING_UNMET_AFTER_HOURS", "")

        assert SpreadRules().wave == SpreadRules.model_fields["wave"].default
        assert Patience().unmet_after_hours == Patience.model_fields["unmet_after_hours"].default
