"""What compose makes of its files: images, brokers, ports, and what the handbook adds to them."""

import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from composed_files import MAIN
from composing import CLUSTER, configured

from embedded.exchange_settings import SERVICES

pytestmark = pytest.mark.docker

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
        assert sorted(jobs) == sorted([*migrations, "address", "provision"])
