"""Revisions rise with every change, even after a restore: never below the clock."""

from datetime import datetime


def revision_after(revision: int, now: datetime) -> int:
    return max(revision + 1, int(now.timestamp() * 1000))
