"""Where the worker's engine comes from; without a model the service runs and what is due waits."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from matching.engine import Engine
from matching.model import DamagedModel, MissingModel

log = structlog.get_logger(__name__)

ASK_AGAIN_AFTER = timedelta(minutes=1)


class EngineSource:
    """Loads the engine once; a missing or damaged model is looked for again every minute."""

    def __init__(self, load: Callable[[], Engine]) -> None:
        self._load = load
        self._engine: Engine | None = None
        self._ask_again_at: datetime | None = None
        self._loading = asyncio.Lock()
        self.obstacle: MissingModel | DamagedModel | None = None
        """Why there was no engine when it was last looked for."""

    async def engine(self, now: datetime) -> Engine | None:
        async with self._loading:
            if self._engine is None and (self._ask_again_at is None or now >= self._ask_again_at):
                self._engine = await self._loaded(now)
            return self._engine

    async def _loaded(self, now: datetime) -> Engine | None:
        # Set before: whatever it fails with, reading all of the model each turn helps nobody.
        self._ask_again_at = now + ASK_AGAIN_AFTER
        try:
            engine = await asyncio.to_thread(self._load)
        except (MissingModel, DamagedModel) as error:
            self.obstacle = error
            log.error(
                "no_model",
                reason=type(error).__name__,
                remedy="python -m matching model",
                meanwhile="listings are kept and matched later",
            )
            return None
        self.obstacle = None
        return engine
