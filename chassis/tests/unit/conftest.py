"""What the web tests share: the specimen service and a browser's view of it."""

import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

sys.path.append(
    str(Path(__file__).parents[1] / "fixtures")
)  # Tests are no package; this is what they share.

from specimen.service import specimen


@pytest.fixture
def client() -> TestClient:
    return TestClient(specimen(), raise_server_exceptions=False)
