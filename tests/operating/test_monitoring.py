"""The monitoring watches what is really told, and each alert leads to its cure."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).parent))

from composed_files import containers
from handbook import anchors
from watched import MONITORING, ROOT, RULES, alerts, expressions, metrics_in, told

ALERTS = alerts()
CASES = Path(__file__).with_name("alerts.test.yml")


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("max by (service) (outbox_pending) > 60", {"outbox_pending"}),
        ('absent(up{service="x"} == 1) or a:b', {"up", "a:b"}),
        ("a_total unless a_total offset 1h", {"a_total"}),
        ("histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))", {"h_bucket"}),
    ],
)
def test_metrics_are_found_in_an_expression(expression: str, names: set[str]) -> None:
    assert metrics_in(expression) == names


@pytest.mark.parametrize(("place", "expression"), list(expressions()))
def test_what_is_watched_is_told_by_a_service(place: str, expression: str) -> None:
    names = metrics_in(expression)

    assert names, place
    assert names <= told()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_says_what_is_wrong_and_leads_to_its_page(alert: dict[str, Any]) -> None:
    said = alert["annotations"]
    page, _, anchor = said["runbook"].partition("#")

    assert said["summary"].endswith(".")
    assert said["command"]
    assert anchor in anchors(ROOT / page)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_no_alert_lets_a_brake_go_before_somebody_looked(alert: dict[str, Any]) -> None:
    assert "--confirm" not in alert["annotations"]["command"]


def test_compose_mounts_only_files_that_exist() -> None:
    monitoring = [
        each for each in containers().values() if "monitoring" in each.get("profiles", ())
    ]
    mounted = [
        volume.split(":")[0]
        for each in monitoring
        for volume in each["volumes"]
        if volume.startswith("./")
    ]

    assert len(monitoring) == 2
    assert all((ROOT / "deploy" / path).exists() for path in mounted)
    assert all(re.match(r"127\.0\.0\.1:", port) for each in monitoring for port in each["ports"])


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "rules", RULES),
        ("check", "config", "--syntax-only", MONITORING / "prometheus.yml"),
        ("test", "rules", CASES),
    ],
    ids=["rules", "configuration", "when they fire"],
)
def test_prometheus_finds_nothing_wrong_with(arguments: tuple[str | Path, ...]) -> None:
    checked = subprocess.run(  # noqa: S603 - the arguments are ours
        ["promtool", *arguments],  # noqa: S607 - where it lies differs
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_alert_has_a_case_in_which_it_fires() -> None:
    expected = [
        sample["labels"]
        for case in yaml.safe_load(CASES.read_text())["tests"]
        for asked in case["promql_expr_test"]
        for sample in asked["exp_samples"]
    ]

    fires = {name for labels in expected for name in re.findall(r'alertname="(\w+)"', labels)}

    assert fires == {alert["alert"] for alert in ALERTS}
