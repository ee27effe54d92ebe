"""What is run for every change is every test there is: its parts name all folders of tests."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_parts_name_every_folder_of_tests() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    configured = settings["tool"]["pytest"]["ini_options"]["testpaths"]
    below = [f"tests/{path.name}" for path in (ROOT / "tests").iterdir() if path.is_dir()]
    named = re.findall(r"[\w/]+", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))

    folders = {*configured, *below} - {"tests", "tests/__pycache__"}
    assert folders - set(named) == set()
