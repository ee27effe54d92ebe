"""Each service is told where the servers are, and holds its own keys only."""

import json

import pytest

from embedded.exchange_settings import SERVICES, Keys, Surroundings, environment_of
from schemas.links import HOLDERS

AROUND = Surroundings(
    database_url="postgresql://localhost/x",
    port=20_001,
    origin="http://localhost:20000",
    kafka_bootstrap="localhost:20002",
    smtp_port=20_003,
    mail_url="http://localhost:20004",
)


class TestEnvironment:
    @pytest.mark.parametrize("name", SERVICES)
    def test_a_service_holds_the_keys_of_its_links_only(self, name: str) -> None:
        environment = environment_of(name, Keys.generate(), AROUND)

        assert set(json.loads(environment[f"{name.upper()}_LINK_KEYS"])) == set(HOLDERS[name])

    @pytest.mark.parametrize("name", SERVICES)
    def test_only_listings_can_sign_a_session(self, name: str) -> None:
        environment = environment_of(name, Keys.generate(), AROUND)

        private = [variable for variable in environment if "PRIVATE_KEY" in variable]
        assert private == (["LISTINGS_SESSION_PRIVATE_KEY"] if name == "listings" else [])

    @pytest.mark.parametrize("name", SERVICES)
    def test_no_service_is_told_what_another_is(self, name: str) -> None:
        own = environment_of(name, Keys.generate(), AROUND)
        others = {f"{other.upper()}_DATABASE_URL" for other in SERVICES if other != name}

        assert own[f"{name.upper()}_DATABASE_URL"] == AROUND.database_url
        assert not others & set(own)

    def test_all_share_one_form_key(self) -> None:
        keys = Keys.generate()

        held = {environment_of(name, keys, AROUND)[f"{name.upper()}_FORM_KEY"] for name in SERVICES}
        assert held == {keys.forms}
