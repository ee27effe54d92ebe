"""A real Prometheus with our rules that looks at a running exchange every second."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx
import yaml

from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.plain_http import NO_CERTIFICATES
from embedded.ports import free_port
from embedded.processes import Command, Process
from embedded.waiting import wait_until

sys.path.append(str(Path(__file__).parents[1] / "operating"))

from watched import MONITORING, RULES, panels

START_LIMIT_SECONDS = 60
ANSWER_SECONDS = 60
SHOWN_IN_TROUBLE = {
    "flow: Answers that are our fault",
    "flow: Sweeps that stopped or fail",
    "mails: Held and failed",
}
"""Panels that are empty as long as nothing is wrong."""


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    url: str

    @classmethod
    @contextmanager
    def watching(cls, exchange: Exchange, folder: Path) -> Iterator[Self]:
        config = folder / "prometheus.yml"
        config.write_text(yaml.safe_dump(_configuration(exchange)))
        address = f"127.0.0.1:{free_port()}"
        options = {
            "config.file": config,
            "storage.tsdb.path": folder / "data",
            "web.listen-address": address,
        }
        arguments = ["prometheus", *(f"--{name}={value}" for name, value in options.items())]
        log = folder / "prometheus.log"
        process = Process(Command(name="Prometheus", arguments=arguments, log=log)).start()
        try:
            wait_until(
                lambda: _is_ready(process, f"http://{address}/-/ready"),
                limit_seconds=START_LIMIT_SECONDS,
                waiting_for="Prometheus",
            )
            yield cls(url=f"http://{address}/api/v1")
        finally:
            process.stop(limit_seconds=10)

    def series(self, expression: str) -> list[dict[str, Any]]:
        """What it answers now; a sentence that it does not understand is an `HTTPStatusError`."""
        return list(self._asked("query", query=expression)["result"])

    def panels_without_series(self) -> set[str]:
        empty = {place for place, expression in panels() if not self.series(expression)}
        return empty - SHOWN_IN_TROUBLE

    def alerts(self) -> set[tuple[str, str]]:
        """Whether each could be asked, and whether it fires."""
        [group] = self._asked("rules")["groups"]
        return {(rule["health"], rule["state"]) for rule in group["rules"]}

    def _asked(self, what: str, **words: str) -> dict[str, Any]:
        address = f"{self.url}/{what}"
        answer = httpx.get(
            address,
            params=words,
            trust_env=False,
            verify=NO_CERTIFICATES,
            timeout=ANSWER_SECONDS,
        )
        return dict(answer.raise_for_status().json()["data"])


def _is_ready(process: Process, url: str) -> bool:
    process.demand_running()
    try:
        return httpx.get(url, trust_env=False, verify=NO_CERTIFICATES).is_success
    except httpx.TransportError:
        return False


def _configuration(exchange: Exchange) -> dict[str, Any]:
    """That of compose, but for where the services are found and how often they are asked."""
    config: dict[str, Any] = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(RULES)]
    [job] = config["scrape_configs"]
    del job["dns_sd_configs"], job["relabel_configs"]
    job["static_configs"] = [
        {
            "targets": [exchange.url(name).removeprefix("http://")],
            "labels": {"service": name},
        }
        for name in SERVICES
    ]
    return config
