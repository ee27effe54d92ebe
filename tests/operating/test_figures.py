"""Every figure of every service can be read from a database as its migrations leave it."""

from importlib import import_module

import pytest
from prometheus_client import CollectorRegistry

from chassis import migrations
from chassis.database import Pool
from chassis.measuring import Measuring
from chassis.service import Runtime, Service
from embedded.exchange_settings import SERVICES
from embedded.testing import MakeDatabase


@pytest.mark.parametrize("name", SERVICES)
async def test_every_figure_is_read(name: str, make_database: MakeDatabase) -> None:
    service: Service = import_module(f"{name}.app").service
    figures = import_module(f"{name}.figures").FIGURES
    url = make_database()
    await migrations.apply(url, name=name, directory=service.migrations)
    pool = Pool(url, application="test")
    await pool.open()
    registry = CollectorRegistry()

    await Measuring(Runtime(settings=None, pool=pool, registry=registry), figures).turn()
    await pool.close()

    assert {metric.name for metric in registry.collect()} == {each.name for each in figures}
    assert {registry.get_sample_value(each.name) for each in figures if not each.labels} <= {0.0}
