"""What is shipped is listed, its licences are allowed, and an unreachable database is said."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "supply"))

import audit
import licences
import sbom
from locks import ROOT, pins, users_of_packages

CLEAN: dict[str, Any] = {"name": "a", "version": "1", "vulns": []}
UNKNOWN: dict[str, Any] = {"name": "b", "skip_reason": "not found"}


class TestLocks:
    def test_every_pin_is_read(self, tmp_path: Path) -> None:
        lock = tmp_path / "requirements.lock"
        lock.write_text(
            "aiokafka==0.13.0 \\\n    --hash=sha256:00\n"
            "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:11\n"
        )

        assert pins(lock) == {"aiokafka": "0.13.0", "colorama": "0.4.6"}

    def test_a_package_names_the_services_that_ship_it(self) -> None:
        users = users_of_packages()

        assert users["asyncpg"] == ["listings", "matching", "notifications", "surveys"]
        assert users["aiosmtplib"] == ["notifications"]


class TestLicences:
    @pytest.mark.parametrize(
        ("expression", "allowed"),
        [
            ("MIT", True),
            ("MIT AND Zlib", True),
            ("MIT AND GPL-3.0-only", False),
            ("GPL-3.0-only OR MIT", True),
            ("(MIT OR Apache-2.0)", True),
            ("unknown", False),
            ("Proprietary", False),
        ],
    )
    def test_every_part_of_an_and_one_of_an_or(self, *, expression: str, allowed: bool) -> None:
        assert licences.is_allowed(expression) is allowed

    def test_everything_that_is_shipped_is_allowed(self) -> None:
        found, _ = licences.shipped()

        assert [each for each in found if not each.is_allowed] == []
        assert len(found) > 50

    def test_one_that_nobody_allowed_fails(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setitem(licences.KNOWN, "asyncpg", "Proprietary")

        assert licences.main() == 1
        assert "Nobody allowed the licence of: asyncpg." in capsys.readouterr().out


class TestSbom:
    def test_every_package_of_a_lock_is_a_component(self, tmp_path: Path) -> None:
        lock = ROOT / "services" / "surveys" / "requirements.lock"
        target = tmp_path / "surveys.cdx.json"

        sbom.write(lock, target)

        told = json.loads(target.read_text())
        assert told["bomFormat"] == "CycloneDX"
        packages = [each for each in told["components"] if each.get("externalReferences")]
        assert {each["name"].lower() for each in packages} == set(pins(lock))
        assert told["metadata"]["component"]["name"] == "kooperationsboerse-surveys"
        assert all(
            reference["hashes"] for each in packages for reference in each["externalReferences"]
        )

    @pytest.mark.parametrize(("service", "models"), [("surveys", 0), ("matching", 1)])
    def test_what_is_shipped_besides_packages_is_named_with_its_licence(
        self, tmp_path: Path, service: str, models: int
    ) -> None:
        target = tmp_path / "one.cdx.json"

        sbom.write(ROOT / "services" / service / "requirements.lock", target)

        told = json.loads(target.read_text())["components"]
        others = [each for each in told if not each.get("externalReferences")]
        kinds = Counter(each["type"] for each in others)
        assert kinds["machine-learning-model"] == models
        assert {each["name"] for each in others} >= {"native", "FiraSans-Regular.woff2"}
        assert all(each["licenses"] for each in others)
        assert len({each["bom-ref"] for each in told}) == len(told)


class TestAudit:
    def test_a_vulnerability_fails_with_what_cures_it(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        flaw = {"id": "PYSEC-2027-1", "fix_versions": ["1.1"]}

        assert audit.told([CLEAN | {"vulns": [flaw]}, UNKNOWN]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "pip-audit: a 1: PYSEC-2027-1, cured in 1.1",
            "pip-audit: 1 packages checked, 1 unknown to the database, 1 vulnerabilities.",
        ]

    def test_none_is_no_failure(self) -> None:
        assert audit.told([CLEAN]) == 0

    @pytest.mark.parametrize("said", ["", "<html>", "[]", "{}"])
    def test_an_answer_that_cannot_be_read_is_no_answer(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str
    ) -> None:
        program = tmp_path / "pip-audit"
        program.write_text(f"#!/bin/sh\necho '{said}'\n")
        program.chmod(0o755)
        monkeypatch.setattr(audit, "PROGRAM", program)

        assert audit.asked(["a==1"], seconds=10) == []

    @pytest.mark.parametrize("answer", [[], [UNKNOWN]])
    def test_without_an_answer_nothing_counts_as_checked(
        self, capsys: pytest.CaptureFixture[str], answer: list[dict[str, Any]]
    ) -> None:
        assert audit.told(answer) == 0
        assert capsys.readouterr().out.startswith("pip-audit: not checked")

    def test_an_answer_that_does_not_come_is_no_answer(self) -> None:
        assert audit.asked(["a==1"], seconds=0.001) == []

    def test_a_package_that_the_database_does_not_know_is_no_answer(self) -> None:
        assert audit.answered([CLEAN, UNKNOWN]) == [CLEAN]
