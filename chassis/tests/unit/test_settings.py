"""Settings: from variables and from files, the variable first; a refusal names the setting."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict

import chassis
from chassis.cli.running import settings_of
from chassis.consumers import Consumers
from chassis.outbox import Outbox
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.signing import generate_link_key
from chassis.sweeps import Sweeps

DATABASE = "postgresql://from-a-file/almanac"
KEY = generate_link_key()
WriteSecret = Callable[[str, str], None]


class AlmanacSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="ALMANAC_", frozen=True, extra="ignore")


@pytest.fixture(autouse=True)
def write_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteSecret:
    """Writes a file where secrets lie: `write_secret(name, text)`."""
    monkeypatch.setenv("SECRETS_DIRECTORY", str(tmp_path))

    def write(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)

    return write


@pytest.fixture
def service() -> Service:
    return Service(
        name="almanac",
        settings=AlmanacSettings,
        migrations=Path(),
        outbox=Outbox(()),
        consumers=Consumers(),
        sweeps=Sweeps(),
        web=lambda _runtime: FastAPI(),
    )


class TestSecrets:
    def test_a_file_has_the_name_of_its_variable_in_lower_case(
        self, write_secret: WriteSecret
    ) -> None:
        write_secret("almanac_database_url", f"{DATABASE}\n")
        write_secret("almanac_form_key", KEY)
        write_secret("almanac_link_keys", f'{{"contact": ["{KEY}", "{KEY} # older"]}}')

        settings = AlmanacSettings()

        assert settings.database_url == DATABASE
        assert settings.form_key == KEY
        assert settings.link_keys == {"contact": (KEY, f"{KEY} # older")}

    def test_the_variable_wins(
        self, write_secret: WriteSecret, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_secret("almanac_database_url", DATABASE)
        write_secret("almanac_form_key", KEY)
        monkeypatch.setenv("ALMANAC_DATABASE_URL", "postgresql://from-the-environment/almanac")

        assert AlmanacSettings().database_url == "postgresql://from-the-environment/almanac"

    def test_what_is_empty_is_not_given(
        self, write_secret: WriteSecret, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_secret("almanac_database_url", DATABASE)
        write_secret("almanac_form_key", KEY)
        monkeypatch.setenv("ALMANAC_TIME_ZONE", "")

        assert AlmanacSettings().time_zone == "Europe/Berlin"

    def test_a_log_level_may_be_written_small(
        self, write_secret: WriteSecret, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write_secret("almanac_database_url", DATABASE)
        write_secret("almanac_form_key", KEY)
        monkeypatch.setenv("ALMANAC_LOG_LEVEL", "warning")

        assert AlmanacSettings().log_level == "WARNING"

    def test_files_of_others_are_nothing_to_it(self, write_secret: WriteSecret) -> None:
        write_secret("almanac_database_url", DATABASE)
        write_secret("almanac_form_key", KEY)
        write_secret("listings_database_url", "postgresql://elsewhere/listings")

        assert AlmanacSettings().database_url == DATABASE


class TestOfAllServices:
    @pytest.fixture(autouse=True)
    def needed(self, write_secret: WriteSecret) -> None:
        write_secret("almanac_database_url", DATABASE)
        write_secret("almanac_form_key", KEY)

    def test_what_is_said_to_all_is_heard(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SERVICES_TIME_ZONE", "Europe/Riga")

        assert AlmanacSettings().time_zone == "Europe/Riga"

    def test_what_is_said_to_one_counts_before_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SERVICES_TIME_ZONE", "Europe/Riga")
        monkeypatch.setenv("ALMANAC_TIME_ZONE", "Europe/Berlin")

        assert AlmanacSettings().time_zone == "Europe/Berlin"

    @pytest.mark.parametrize("own", ["", None])
    def test_the_variable_that_cannot_be_used_is_named(
        self,
        service: Service,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        *,
        own: str | None,
    ) -> None:
        monkeypatch.setenv("SERVICES_TIME_ZONE", "Riga")
        if own is not None:
            monkeypatch.setenv("ALMANAC_TIME_ZONE", own)

        with pytest.raises(typer.Exit):
            settings_of(service)

        assert capsys.readouterr().err.startswith("Setting SERVICES_TIME_ZONE cannot be used: ")


class TestRefusal:
    @pytest.mark.parametrize(
        ("setting", "reason"),
        [
            ("DATABASE_URL=almanac", "it must be like postgresql://user"),
            ("DATABASE_URL=db:5432/almanac", "it must be like postgresql://user"),
            ("DATABASE_URL=http://db/almanac", "it must be like postgresql://user"),
            ('DATABASE_URL="postgresql://u:s3cret@db/almanac"', "without quotation marks"),
            ("DATABASE_URL=postgresql://u:s3cret@db:none/almanac", "like postgresql://user"),
            ("DATABASE_URL=postgresql://u:s3c@ret@db/almanac", "in a password @ : / ? #"),
            ("DATABASE_URL=postgresql://u:s3c#ret@db/almanac", "in a password @ : / ? #"),
            ("DATABASE_URL=postgresql://u:s3c/ret@db/almanac", "in a password @ : / ? #"),
            ("DATABASE_URL=postgresql://u:s3c?ret@db/almanac", "in a password @ : / ? #"),
            ("DATABASE_URL=postgresql://u:s3c[ret@db/almanac", "in a password @ : / ? # [ ]"),
            ("DATABASE_URL=postgresql://u:s3cret@db:1:2/almanac", "like postgresql://user"),
            ("DATABASE_URL=postgresql://u:s3cret@db:0/almanac", "a port from 1 to 65535"),
            ("DATABASE_URL=postgresql://u:s3cret@db:65536/almanac", "a port from 1 to 65535"),
            ("DATABASE_URL=postgresql://u@db:5432,db-2:70000/a", "a port from 1 to 65535"),
            ("DATABASE_URL=postgresql://u@[::1]:70000/a", "a port from 1 to 65535"),
            ("DATABASE_URL=postgresql://u@/a?host=db&port=70000", "a port from 1 to 65535"),
            ("CLUSTER_URI=https://cluster.example.org\n", "it must be like https://"),
            ("PUBLIC_URL=https://boerse.example.org/", "without a slash at the end"),
            ("PUBLIC_URL=boerse.example.org", "it must be like https://"),
            ("CLUSTER_URI=cluster", "it must be like https://"),
            ("IMPRINT_URL=example.org/imprint", "it must begin with https://"),
            ("TIME_ZONE=Berlin", "like Europe/Berlin"),
            ("KAFKA_BOOTSTRAP=kafka", "it must be like kafka:9092"),
            ("KAFKA_BOOTSTRAP=kafka:9092, kafka-2:9092", "no space between"),
            ("HOST=example.org", "it must be an address to listen on"),
            ("PORT=70000", "less than or equal to 65535"),
            ("TOPIC_REPLICATION=three", "valid integer"),
            ("BEHIND_GATEWAY=perhaps", "valid boolean"),
            ("TRUSTED_PROXIES=10.0.0.2,10.0.0.3", "with spaces between"),
            ("TRUSTED_PROXIES=10.0.0.2/8", "with spaces between"),
            ("DISK_FREE_PERCENT=10%", "valid integer"),
            ("SWEEP_SECONDS=0", "greater than 0"),
            ('SESSION_PUBLIC_KEYS=["no key"]', "not url-safe base64"),
            ("LOG_LEVEL=verbose", "one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
            ("FORM_KEY=c2hvcnQ", "a key has 5 bytes instead of 32"),
            ('LINK_KEYS={"contact": ["no key"]}', "not url-safe base64"),
        ],
    )
    def test_what_could_not_be_used_later_is_refused_at_the_start(
        self,
        service: Service,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        *,
        setting: str,
        reason: str,
    ) -> None:
        name, _, value = setting.partition("=")
        monkeypatch.setenv("ALMANAC_DATABASE_URL", DATABASE)
        monkeypatch.setenv("ALMANAC_FORM_KEY", KEY)
        monkeypatch.setenv(f"ALMANAC_{name}", value)

        with pytest.raises(typer.Exit):
            settings_of(service)

        said = capsys.readouterr().err
        assert said.startswith(f"Setting ALMANAC_{name}")
        assert reason in said
        assert said.count("\n") == 1
        assert "s3c" not in said

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://u:s3cr%40t@db:5432/almanac",
            "postgres://db/almanac?sslmode=require",
            "postgresql://u:s3c:ret@[::1]:5432/almanac",
            "postgresql://u@db,db-2:5433/almanac",
            "postgresql:///almanac?host=/var/run/postgresql",
        ],
    )
    def test_what_reaches_a_database_is_taken_with_a_line_end_behind_it(
        self, service: Service, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        monkeypatch.setenv("ALMANAC_FORM_KEY", KEY)
        monkeypatch.setenv("ALMANAC_DATABASE_URL", f" {url}\n")

        assert settings_of(service).database_url == url

    def test_a_missing_setting_is_named_with_both_places(
        self,
        service: Service,
        write_secret: WriteSecret,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        write_secret("almanac_form_key", KEY)

        with pytest.raises(typer.Exit) as left:
            settings_of(service)

        assert left.value.exit_code == 2
        assert capsys.readouterr().err == (
            "Setting ALMANAC_DATABASE_URL is missing: set the variable,"
            f" or write the file {tmp_path}/almanac_database_url.\n"
        )

    def test_an_unusable_value_is_not_repeated(
        self,
        service: Service,
        write_secret: WriteSecret,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        write_secret("almanac_form_key", KEY)
        write_secret("almanac_database_url", DATABASE)
        monkeypatch.setenv("ALMANAC_PORT", "s3cret")

        with pytest.raises(typer.Exit):
            settings_of(service)

        said = capsys.readouterr().err
        assert said.startswith("Setting ALMANAC_PORT cannot be used: ")
        assert said.count("\n") == 1
        assert "s3cret" not in said

    def test_a_mapping_that_is_no_json_is_named(
        self,
        service: Service,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("ALMANAC_LINK_KEYS", "s3cret")

        with pytest.raises(typer.Exit) as left:
            settings_of(service)

        said = capsys.readouterr().err
        assert left.value.exit_code == 2
        assert said == (
            "Setting ALMANAC_LINK_KEYS cannot be used: lists and mappings are written as JSON.\n"
        )
        assert "s3cret" not in said


def test_every_setting_stands_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()

    assert [
        name for name in ServiceSettings.model_fields if f"`{name.upper()}`" not in readme
    ] == []


def test_no_setting_is_without_effect() -> None:
    package = Path(chassis.__file__).parent
    read = "".join(file.read_text() for file in package.rglob("*.py"))

    fields = ServiceSettings.model_fields
    assert [name for name in fields if not re.search(rf"\b(settings|self)\.{name}\b", read)] == []
