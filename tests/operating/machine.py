"""The settings of a machine as compose hands them to the job `address`, and to `make doctor`."""

from typing import Any


def machine_settings(
    host_name: str = "", public_url: str = "http://localhost:8000", *, keystore: str = "/nowhere"
) -> dict[str, str]:
    """That fit each other, where the two addresses do."""
    return {
        "HOST_NAME": host_name,
        "PUBLIC_URL": public_url,
        "GATEWAY_LISTEN": "",
        "GATEWAY_PORT": "80",
        "GATEWAY_TLS_PORT": "443",
        "KAFKA_HOST": "localhost",
        "KAFKA_PORT": "19094",
        "BACKUP_KEEP": "7",
        "DISK_WARN_PERCENT": "20",
        "KEYSTORE": keystore,
    }


def configured(
    settings: dict[str, str], *, secrets: str, backups: str = "", folder: str = ""
) -> dict[str, Any]:
    """What `docker compose config --format json` prints of it, as far as `make doctor` reads it."""
    kept = backed_up(backups, folder=folder)
    return {
        "services": {"address": {"environment": settings}, **kept["services"]},
        "secrets": {"kafka_keystore.pem": {"file": f"{secrets}/kafka_keystore.pem"}},
        "x-doctor": {
            "DISK_WARN_PERCENT": "20",
            "DISK_FREE_PERCENT": "10",
            **kept["x-doctor"],
        },
    }


def backed_up(mount: str, *, folder: str = "") -> dict[str, Any]:
    """What is told of backups: on a disk of their own at `mount`, or in the volume."""
    place = folder or mount or "backups"
    return {
        "services": {"postgres": {"volumes": [{"source": place, "target": "/backups"}]}},
        "x-doctor": {"BACKUP_MOUNT": mount},
    }
