"""The machine a figure was measured on: what it is, never what it is called."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "onnxruntime", "numkong", "tantivy", "asyncpg")
KIB_PER_GIB = 1024**2


def machine() -> dict[str, str]:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return {
        "processor": _line("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_line('/proc/meminfo', 'MemTotal').split()[0]) / KIB_PER_GIB:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": packages,
    }


def described_machine() -> list[str]:
    """As lines of a Markdown list."""
    return [f"- {name}: {value}" for name, value in machine().items()]


def load_average() -> float:
    """Of the last minute; above the number of cores, times of the clock are too long."""
    return round(os.getloadavg()[0], 1)


def anonymous_megabytes() -> int:
    """Memory of this process that no file backs."""
    return int(_line("/proc/self/smaps_rollup", "Anonymous").split()[0]) // 1024


def mapped_megabytes() -> int:
    """Pages of files that are present; the system takes them back when it needs memory."""
    resident = int(_line("/proc/self/smaps_rollup", "Rss").split()[0]) // 1024
    return resident - anonymous_megabytes()


def _line(path: str, name: str) -> str:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"
