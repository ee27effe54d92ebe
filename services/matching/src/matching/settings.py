"""Settings of this service, from ``MATCHING_…`` and from files in ``/run/secrets``."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from chassis.settings import ServiceSettings
from matching.active_engine import ActiveEngine
from matching.engine import Engine
from matching.engine_source import EngineSource
from matching.model import default_directory
from matching.shared_index import SharedIndex
from matching.spread.rules import SpreadRules
from matching.unmet.patience import Patience


class MatchingSettings(ServiceSettings, SpreadRules, Patience):
    """``threshold`` is the D from which a pair is proposed, in place of the measured ones.

    Those are 3.7 once live listings joined the background, with 1.1 more where one side has
    somebody better, and 4.5 before (`weights.py`).

    ``index_dir`` takes the files of the index, 7 kB a listing; it must be a disk, not memory.
    The rules that sweeps read by themselves are fields here too, so that a start refuses what they
    could not use.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHING_", frozen=True, extra="ignore")

    model_dir: Path = Field(default_factory=default_directory)
    threshold: float | None = None
    index_dir: Path | None = None

    @cached_property
    def engines(self) -> EngineSource:
        """One engine in a process, however many of its parts look for it."""
        return EngineSource(self.load_engine)

    @cached_property
    def active_engine(self) -> ActiveEngine:
        """The same under the active version, for all that follow the matching worker."""
        return ActiveEngine(self.engines)

    @cached_property
    def shared_index(self) -> SharedIndex:
        """The matching worker's index, for all that look for listings and never fill one."""
        return SharedIndex()

    def load_engine(self) -> Engine:
        return replace(Engine.load(self.model_dir), threshold=self.threshold)
