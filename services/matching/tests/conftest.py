"""What the engine's tests share: one analysis version fitted on six themes."""

import sys
from pathlib import Path

import pytest

from matching.analysis_version import AnalysisVersion

sys.path.insert(0, str(Path(__file__).parent))

from matching_builders import a_version


@pytest.fixture(scope="session")
def version() -> AnalysisVersion:
    return a_version()
