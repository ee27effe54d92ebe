"""`make secrets` as an operator runs it: with a Python in which nothing is installed."""

import json
import re
import stat
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from installation import Installation

from chassis.signing import ForgedToken, SessionSigner, keys_in
from schemas.links import HOLDERS, LinkPurpose

YESTERDAY = str(date.today() - timedelta(days=1))  # noqa: DTZ011 - the operator's day


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path)
    code, said = made.make()
    assert code == 0, said
    return made


class TestFirstRun:
    def test_its_keys_are_those_that_the_services_use(self, installation: Installation) -> None:
        session = SessionSigner.from_text(installation.read("listings_session_private_key"))
        token = session.sign(b"somebody")

        for service, purposes in HOLDERS.items():
            assert installation.session_verifier(service).verify(token) == b"somebody"
            for purpose in purposes:
                link = installation.link_signer("notifications", purpose).sign(b"somewhere")
                assert installation.link_signer(service, purpose).verify(link) == b"somewhere"

    def test_a_service_gets_no_key_that_it_does_not_hold(self, installation: Installation) -> None:
        for service, purposes in HOLDERS.items():
            assert set(json.loads(installation.read(f"{service}_link_keys"))) == set(purposes)

    def test_only_the_owner_enters_the_folder_and_any_user_of_a_container_reads_a_file(
        self, installation: Installation
    ) -> None:
        assert stat.S_IMODE(installation.secrets.stat().st_mode) == 0o700
        modes = {stat.S_IMODE(path.stat().st_mode) for path in installation.secrets.iterdir()}
        assert modes == {0o444}

    def test_nothing_secret_is_said(self, tmp_path: Path) -> None:
        installation = Installation(tmp_path)

        _, said = installation.make()

        texts = [text for text in installation.all().values() if text]
        assert not [text for text in texts if text in said + installation.settings.read_text()]

    def test_a_second_run_changes_nothing(self, installation: Installation) -> None:
        before, settings = installation.all(), installation.settings.read_text()

        assert installation.make()[0] == 0
        assert (installation.all(), installation.settings.read_text()) == (before, settings)

    def test_compose_finds_the_folder_by_a_setting(self, installation: Installation) -> None:
        assert f"\nSECRETS={installation.secrets}\n" in installation.settings.read_text()


class TestRotation:
    def test_a_session_goes_on_until_its_day_and_only_the_new_key_signs(
        self, installation: Installation
    ) -> None:
        before = SessionSigner.from_text(installation.read("listings_session_private_key"))
        token = before.sign(b"somebody")

        code, said = installation.make("--rotate", "session")

        assert code == 0
        assert said.endswith("matching, notifications, surveys, listings\n")
        assert installation.session_verifier("surveys").verify(token) == b"somebody"
        after = SessionSigner.from_text(installation.read("listings_session_private_key"))
        assert after.sign(b"somebody") != token

    def test_links_open_until_their_day(self, installation: Installation) -> None:
        outcome = LinkPurpose.OUTCOME
        link = installation.link_signer("notifications", outcome).sign(b"question")

        installation.make("--rotate", "links", "--keep-until", YESTERDAY)
        assert installation.link_signer("surveys", outcome).verify(link) == b"question"

        code, said = installation.make()
        assert code == 0
        assert "surveys_link_keys" in said
        with pytest.raises(ForgedToken):
            installation.link_signer("surveys", outcome).verify(link)

    def test_a_day_that_was_promised_is_brought_forward_but_not_put_off(
        self, installation: Installation
    ) -> None:
        installation.make("--rotate", "forms", "--keep-until", "2100-01-01")
        installation.make("--rotate", "forms", "--keep-until", "2100-02-01")
        _, *kept = installation.read("listings_form_key").splitlines()
        assert [key.partition(" # ")[2] for key in kept] == ["until 2100-02-01", "until 2100-01-01"]

        installation.make("--rotate", "forms", "--keep-until", YESTERDAY)
        installation.make()

        assert len(keys_in(installation.read("listings_form_key"))) == 1

    def test_an_old_form_is_still_accepted(self, installation: Installation) -> None:
        (old,) = keys_in(installation.read("listings_form_key"))

        installation.make("--rotate", "forms")

        new, kept = keys_in(installation.read("matching_form_key"))
        assert kept == old
        assert new != old

    def test_whoever_was_erased_is_recognised_for_ever(self, installation: Installation) -> None:
        (old,) = keys_in(installation.read("listings_erasure_key"))

        installation.make("--rotate", "erasures", "--keep-until", YESTERDAY)
        installation.make()

        assert keys_in(installation.read("listings_erasure_key"))[1:] == (old,)

    def test_a_password_changes_alone(self, installation: Installation) -> None:
        before = installation.all()

        installation.make("--rotate", "surveys_database_url")

        after = installation.all()
        changed = {name for name, text in after.items() if text != before[name]}
        assert changed == {"surveys_database_url"}
        assert re.fullmatch(
            r"postgresql://surveys:[\w-]{43}@postgres/surveys", after["surveys_database_url"]
        )

    def test_a_certificate_is_for_the_name_that_partners_are_told(
        self, installation: Installation
    ) -> None:
        authority = installation.read("kafka_ca.pem")
        told = installation.settings.read_text()
        installation.settings.write_text(
            told.replace("KAFKA_HOST=localhost", "KAFKA_HOST=kafka.cluster.org")
        )

        code, _ = installation.make("--rotate", "certificate")

        assert code == 0
        assert installation.read("kafka_ca.pem") == authority
        assert "kafka.cluster.org" in names_of(installation.secrets / "kafka_keystore.pem")


class TestRefusal:
    def test_a_name_that_is_not_there_names_those_that_are(
        self, installation: Installation
    ) -> None:
        before = installation.all()

        code, said = installation.make("--rotate", "sessions")

        assert code == 1
        assert said.startswith("There is no sessions to rotate. There are: certificate, erasures,")
        assert installation.all() == before

    def test_half_of_what_belongs_together_is_not_made_up_for(
        self, installation: Installation
    ) -> None:
        (installation.secrets / "listings_session_private_key").unlink()
        before = installation.all()

        code, said = installation.make()

        assert code == 1
        assert said.startswith(f"{installation.secrets}/listings_session_private_key is missing")
        assert installation.all() == before

    def test_without_openssl_nothing_is_written(self, tmp_path: Path) -> None:
        installation = Installation(tmp_path)

        code, said = installation.make(path=str(tmp_path))

        assert code == 1
        assert said == "openssl is missing. On Debian and Ubuntu: sudo apt install openssl\n"
        assert list(tmp_path.iterdir()) == []


def names_of(keystore: Path) -> str:
    """The subject alternative names of the first certificate in a file."""
    asked = ("openssl", "x509", "-noout", "-ext", "subjectAltName", "-in", keystore)
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout  # noqa: S603
