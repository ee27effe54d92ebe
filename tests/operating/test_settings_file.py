"""`.env.example` and the files of compose agree: every setting is explained, and is read."""

import json
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from composed_files import DEPLOY, MAIN, containers, text

from chassis.service import Service
from chassis.settings import PREFIX_OF_ALL
from chassis.signing import generate_link_key, generate_session_keys

EXAMPLE = (DEPLOY / ".env.example").read_text()
CONTAINERS = containers()
TWO_SCREENS = 160
# The first is written by `make secrets`; the second lets tests say that it is another day.
NOT_THE_OPERATORS = {"SECRETS", "ALLOW_TIME_TRAVEL"}
OWN = ("listings", "matching", "notifications", "surveys")


SESSION = generate_session_keys()
# What only `listings` has among its secrets.
NEEDED = {
    "LISTINGS_SESSION_PRIVATE_KEY": SESSION.private,
    "LISTINGS_SESSION_PUBLIC_KEYS": json.dumps([SESSION.public]),
    "LISTINGS_ERASURE_KEY": generate_link_key(),
}


def with_the_example(value: str) -> str:
    """As compose hands it over: every setting as it stands in the example, empty ones too."""
    given: dict[str, str] = dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", EXAMPLE, re.MULTILINE))
    asked = r"\$\{([A-Z_0-9]+)(?::-([^}]*))?[^}]*\}"
    return re.sub(asked, lambda found: given.get(found[1], str(found[2] or "")), value)


def settings() -> set[str]:
    return set(re.findall(r"^([A-Z_0-9]+)=", EXAMPLE, re.MULTILINE))


def test_every_setting_that_compose_reads_is_in_the_example_and_no_other() -> None:
    read = set(re.findall(r"\$\{([A-Z_0-9]+)", text())) - NOT_THE_OPERATORS

    assert settings() == read


def test_the_form_that_runs_is_read_on_two_screens() -> None:
    assert len(MAIN.read_text().splitlines()) <= TWO_SCREENS


@pytest.mark.parametrize("name", OWN)
def test_a_service_is_told_nothing_that_it_does_not_read(name: str) -> None:
    service: Service = import_module(f"{name}.app").service
    prefixes = (PREFIX_OF_ALL, f"{name.upper()}_")

    told = CONTAINERS[name]["environment"]
    assert told
    for variable in told:
        prefix = next(each for each in prefixes if variable.startswith(each))
        assert variable.removeprefix(prefix).lower() in service.settings.model_fields, variable


@pytest.mark.parametrize("name", OWN)
def test_what_a_service_is_told_by_the_example_it_can_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    service: Service = import_module(f"{name}.app").service
    secrets = {"DATABASE_URL": "postgresql://localhost/x", "FORM_KEY": generate_link_key()}
    own = {f"{name.upper()}_{setting}": value for setting, value in secrets.items()}
    monkeypatch.setenv("SECRETS_DIRECTORY", str(tmp_path))
    for variable, value in (CONTAINERS[name]["environment"] | NEEDED | own).items():
        monkeypatch.setenv(variable, with_the_example(value))

    assert service.settings()


@pytest.mark.parametrize("name", OWN)
def test_a_migration_is_told_what_its_service_is_told(name: str) -> None:
    told = CONTAINERS[name]["environment"]

    assert CONTAINERS[f"{name}-migrate"]["environment"] == told


def test_every_setting_stands_under_a_sentence_about_it() -> None:
    for block in EXAMPLE.split("\n\n"):
        lines = block.strip().splitlines()
        assert lines[0].startswith("#"), block


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_container_can_do_no_more_than_it_needs(name: str) -> None:
    container = CONTAINERS[name]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["logging"]["options"]["max-size"]
    assert container["stop_grace_period"] == "30s"
    assert ":" in container["image"] or container["image"].startswith("kooperationsboerse-")


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_it_is_bounded_in_memory(name: str) -> None:
    assert CONTAINERS[name]["mem_limit"]


@pytest.mark.parametrize("name", sorted(CONTAINERS))
def test_a_job_that_fails_is_not_tried_for_ever(name: str) -> None:
    assert CONTAINERS[name]["restart"] in {"unless-stopped", "on-failure:5", "no"}


def test_the_gateway_shares_a_network_with_the_services_alone() -> None:
    [front] = CONTAINERS["gateway"]["networks"]

    beside = {name for name, each in CONTAINERS.items() if front in each.get("networks", ())}
    assert beside == {"gateway", *OWN}


@pytest.mark.parametrize("service", OWN)
def test_a_service_gets_its_own_secrets_and_no_others(service: str) -> None:
    for container in (service, f"{service}-migrate"):
        secrets = CONTAINERS[container]["secrets"]
        assert secrets
        assert [name for name in secrets if not name.startswith(f"{service}_")] == []


def test_no_secret_is_in_an_environment() -> None:
    words = ("PASSWORD", "PRIVATE", "SECRET", "FORM_KEY", "LINK_KEYS", "DATABASE_URL")
    told = [
        f"{name}: {variable}"
        for name, container in CONTAINERS.items()
        for variable in container.get("environment", {})
        if any(word in variable for word in words) and not variable.endswith("_FILE")
    ]

    assert told == []
