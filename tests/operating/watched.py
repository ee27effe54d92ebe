"""What the monitoring's files watch, and what the services really tell; names only."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric

from chassis.broker_disks import BrokerDisks
from chassis.disk import DiskMetrics, disks
from chassis.metrics import ConsumerMetrics, HttpMetrics, RelayMetrics, SweepMetrics
from embedded.exchange_settings import SERVICES

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
RULES = MONITORING / "rules.yml"

_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
_SCRAPED = {"up"}
_WORDS = {"and", "or", "unless", "by", "on", "bool", "without", "ignoring", "offset"} | {
    *("sum", "max", "min"),
}
_NO_METRICS = re.compile(
    r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|\b(?:by|without|on|group_left)\s*\([^)]*\)'
    r"|\boffset \w+|\w+(?=\s*\()"
)
_NAME = re.compile(r"[A-Za-z_:][\w:]*")


def alerts() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    return list(group["rules"])


def expressions() -> Iterator[tuple[str, str]]:
    """Each with the name of where it stands."""
    for alert in alerts():
        yield alert["alert"], alert["expr"]
    yield from panels()


def panels() -> Iterator[tuple[str, str]]:
    """What the dashboards ask, each with the names of board and panel."""
    for path in sorted((MONITORING / "dashboards").glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def metrics_in(expression: str) -> set[str]:
    quoted = re.sub(r'"[^"]*"', '""', expression)
    return set(_NAME.findall(_NO_METRICS.sub(" ", quoted))) - _WORDS


def told() -> set[str]:
    """Every name that some service's `/metrics` can show, and the one that scraping makes."""
    registry = CollectorRegistry()
    for make in (ConsumerMetrics, HttpMetrics, RelayMetrics, SweepMetrics):
        make(registry)
    DiskMetrics(registry, least_percent=10, folders=disks(""))
    BrokerDisks(registry, "")
    figures = {each.name for name in SERVICES for each in import_module(f"{name}.figures").FIGURES}
    return _SCRAPED | figures | {name for each in registry.collect() for name in _names(each)}


def _names(metric: Metric) -> Iterator[str]:
    for suffix in _SUFFIXES[metric.type]:
        yield metric.name + suffix
