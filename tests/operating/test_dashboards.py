"""Each dashboard is a file that Grafana takes as it is: what it needs to show it stands in it."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).parent))

from watched import MONITORING

FILES = sorted((MONITORING / "dashboards").glob("*.json"))
COLUMNS = 24
"""Of Grafana's grid."""

UNITS = {"short", "s", "percentunit", "reqps"}
KINDS = {"timeseries", "stat", "bargauge"}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def board(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(json.loads(request.param.read_text()))


def cells(panel: dict[str, Any]) -> Iterator[tuple[int, int]]:
    place = panel["gridPos"]
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y


def test_no_two_have_a_name_in_common() -> None:
    boards = [json.loads(path.read_text()) for path in FILES]

    assert {board["uid"] for board in boards} == {"flow", "mails", "matching", "business"}
    assert len({board["title"] for board in boards}) == len(boards)


def test_it_is_of_a_schema_that_this_grafana_reads(board: dict[str, Any]) -> None:
    assert 36 <= board["schemaVersion"] <= 41
    assert board["time"]["from"].startswith("now-")


def test_its_panels_are_told_apart(board: dict[str, Any]) -> None:
    panels = board["panels"]

    for name in ("id", "title"):
        assert len({panel[name] for panel in panels}) == len(panels), name
    assert all(panel["title"].strip() for panel in panels)


def test_its_panels_lie_side_by_side(board: dict[str, Any]) -> None:
    taken = Counter(cell for panel in board["panels"] for cell in cells(panel))

    assert max(taken.values()) == 1
    assert all(0 <= x < COLUMNS for x, _ in taken)


def test_a_panel_asks_the_one_source_that_is_provided(board: dict[str, Any]) -> None:
    provided = yaml.safe_load((MONITORING / "grafana/datasources/prometheus.yml").read_text())
    [source] = provided["datasources"]

    for panel in board["panels"]:
        assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}


def test_a_panel_says_in_what_it_counts_and_what_each_line_is(board: dict[str, Any]) -> None:
    for panel in board["panels"]:
        references = [target["refId"] for target in panel["targets"]]

        assert panel["type"] in KINDS, panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert len(set(references)) == len(references) > 0, panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]
