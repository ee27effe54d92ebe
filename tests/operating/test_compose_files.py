"""What compose makes of its files: images, brokers, ports, and what the handbook adds to them."""

import re
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.append(str(Path(__file__).parent))

from composed_files import DEPLOY, MAIN
from composing import CLUSTER, EXAMPLE, configured, own_file
from handbook import HANDBOOK

from embedded.exchange_settings import SERVICES

pytestmark = pytest.mark.docker

INDENTED = re.compile(r"^ *```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
IMAGES = {f"kooperationsboerse-{name}" for name in SERVICES}


@pytest.mark.parametrize("files", [(MAIN,), (MAIN, CLUSTER)], ids=["one broker", "three"])
class TestImages:
    def test_each_of_ours_is_built_by_its_service_alone(self, files: tuple[Path, ...]) -> None:
        services = configured(*files)["services"]

        built = Counter(each["image"] for each in services.values() if "build" in each)
        assert built == dict.fromkeys(IMAGES, 1)
        assert {name for name, each in services.items() if "build" in each} == set(SERVICES)

    def test_what_a_service_builds_is_pulled_for_no_job(self, files: tuple[Path, ...]) -> None:
        services = configured(*files)["services"]

        jobs = [
            name
            for name, each in services.items()
            if each["image"] in IMAGES and each.get("pull_policy") == "never"
        ]
        migrations = [f"{name}-migrate" for name in SERVICES]
        assert sorted(jobs) == sorted([*migrations, "provision"])

    def test_no_release_of_ours_changes_the_image_of_the_job_that_the_broker_waits_for(
        self, files: tuple[Path, ...]
    ) -> None:
        services = configured(*files)["services"]

        assert "build" not in services["address"]
        assert services["address"]["image"] not in IMAGES


@pytest.mark.parametrize(
    ("files", "count"), [((MAIN,), 1), ((MAIN, CLUSTER), 3)], ids=["one broker", "three"]
)
class TestBrokers:
    def test_what_one_says_goes_to_its_containers_log_alone(
        self, files: tuple[Path, ...], count: int
    ) -> None:
        brokers = brokers_of(configured(*files))

        assert len(brokers) == count
        for broker in brokers.values():
            [said_by] = [each for each in broker["volumes"] if each["target"] == "/log4j2.yaml"]
            told = broker["environment"]["KAFKA_LOG4J_OPTS"]
            appenders = yaml.safe_load(Path(said_by["source"]).read_text())["Configuration"]
            assert told == "-Dlog4j2.configurationFile=/log4j2.yaml"
            assert set(appenders["Appenders"]) == {"Console"}

    def test_its_other_logs_are_bounded(self, files: tuple[Path, ...], count: int) -> None:
        bounded = [
            folder
            for broker in brokers_of(configured(*files)).values()
            for folder in broker["tmpfs"]
            if folder.startswith("/opt/kafka/logs:") and "size=" in folder
        ]

        assert len(bounded) == count


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "127.0.0.1"),
        ({"GATEWAY_LISTEN": ""}, None),
        ({"GATEWAY_LISTEN": "192.0.2.7"}, "192.0.2.7"),
    ],
)
def test_visitors_come_in_only_where_a_setting_lets_them(
    settings: dict[str, str], address: str | None
) -> None:
    ports = configured(settings=settings)["services"]["gateway"]["ports"]

    assert [each.get("host_ip") for each in ports] == [address, address]


def test_an_older_file_of_settings_lets_nobody_in() -> None:
    without = re.sub(r"^GATEWAY_LISTEN=.*\n", "", EXAMPLE, flags=re.MULTILINE)
    ports = configured(example=without)["services"]["gateway"]["ports"]

    assert {each.get("host_ip") for each in ports} == {"127.0.0.1"}


def test_partners_and_tools_reach_whichever_of_three_brokers_answers() -> None:
    config = configured(MAIN, CLUSTER, settings={"KAFKA_HOST": "boerse.example"})

    brokers, partner = brokers_of(config), config["services"]["partner"]
    told = [each["environment"]["KAFKA_ADVERTISED_LISTENERS"] for each in brokers.values()]
    listeners = [dict(each.split("://") for each in every.split(",")) for every in told]
    asked = partner["environment"]
    assert asked["BOOTSTRAP"].split(",") == [each["INTERNAL"] for each in listeners]
    assert asked["ADDRESS"].split(",") == [each["EXTERNAL"] for each in listeners]
    assert "depends_on" not in partner


def test_the_handbooks_fourth_broker_has_a_place_of_its_own_and_no_vote() -> None:
    with own_file(block_of_the_handbook("  kafka-4:")) as own:
        config = configured(MAIN, CLUSTER, own)

    brokers = brokers_of(config)
    names = ["kafka", "kafka-2", "kafka-3", "kafka-4"]
    told = [brokers[name]["environment"] for name in names]
    assert sorted(brokers) == names
    assert [each["KAFKA_NODE_ID"] for each in told] == ["1", "2", "3", "4"]
    assert len({each["KAFKA_CONTROLLER_QUORUM_VOTERS"] for each in told}) == 1
    assert told[3]["KAFKA_PROCESS_ROLES"] == "broker"
    assert "CONTROLLER://" not in told[3]["KAFKA_LISTENERS"]
    for part, place in (("volumes", "source"), ("ports", "published")):
        own_places = [each[place] for name in names for each in brokers[name][part]]
        own_places = [each for each in own_places if not each.endswith("log4j2.yaml")]
        assert len(set(own_places)) == len(own_places) == len(names)
    for name, each in zip(names, told, strict=True):
        [port] = brokers[name]["ports"]
        assert f"INTERNAL://{name}:9092" in each["KAFKA_ADVERTISED_LISTENERS"]
        assert each["KAFKA_ADVERTISED_LISTENERS"].endswith(f":{port['published']}")
    assert "kafka-4" in config["volumes"]


def test_the_handbooks_categories_are_read_by_the_service_and_its_migration() -> None:
    with own_file(block_of_the_handbook("  listings: &categories")) as own:
        services = configured(MAIN, own)["services"]

    for name in ("listings", "listings-migrate"):
        told = services[name]["environment"]["LISTINGS_CATEGORIES"]
        [mounted] = [each for each in services[name]["volumes"] if each["target"] == told]
        assert mounted["source"] == str(DEPLOY / "categories.yaml")


def block_of_the_handbook(line: str) -> str:
    """The one that has this line."""
    blocks = map(textwrap.dedent, INDENTED.findall(HANDBOOK.read_text()))
    [block] = [each for each in blocks if line in each.splitlines()]
    return block


def brokers_of(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: each
        for name, each in sorted(config["services"].items())
        if "KAFKA_NODE_ID" in each.get("environment", {})
    }
