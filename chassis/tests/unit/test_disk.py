"""A disk that fills up is told by doctor and by a figure, both by the same setting."""

import pytest
from prometheus_client import CollectorRegistry

from chassis.disk import DiskMetrics, disk_findings, free_ratio


@pytest.mark.parametrize(
    ("least_percent", "free", "found"), [(10, 0.09, 1), (10, 0.1, 0), (30, 0.29, 1), (0, 0.0, 0)]
)
def test_less_than_the_setting_is_a_finding(least_percent: int, free: float, found: int) -> None:
    assert len(disk_findings(least_percent, free)) == found


def test_the_figures_are_those_of_this_disk_and_of_the_setting() -> None:
    registry = CollectorRegistry()

    DiskMetrics(registry, least_percent=15)

    assert registry.get_sample_value("disk_free_ratio") == pytest.approx(free_ratio(), abs=0.05)
    assert registry.get_sample_value("disk_least_free_ratio") == 0.15
