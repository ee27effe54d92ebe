"""Nobody outside is told that the service runs."""

import os
import subprocess
import sys
from pathlib import Path


def test_loading_the_encoder_prepares_no_telemetry(tmp_path: Path) -> None:
    """ONNX Runtime marks its telemetry session with a file where temporary files go."""
    told = os.environ | {"TMPDIR": str(tmp_path)}
    told.pop("ORT_DISABLE_TELEMETRY", None)

    subprocess.run([sys.executable, "-c", "import matching.encoder"], env=told, check=True)

    assert list(tmp_path.iterdir()) == []
