"""Who holds which keys for links, as the schemas say it; read by path, for nothing is installed."""

import runpy
from pathlib import Path

_LINKS = Path(__file__).parents[2] / "shared" / "schemas" / "src" / "schemas" / "links.py"
_told = runpy.run_path(str(_LINKS))

PURPOSES: tuple[str, ...] = tuple(map(str, _told["LinkPurpose"]))
HOLDERS: dict[str, tuple[str, ...]] = {
    service: tuple(map(str, purposes)) for service, purposes in _told["HOLDERS"].items()
}
SERVICES = tuple(HOLDERS)
