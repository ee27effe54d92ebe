"""Steps that are taken at once: when one fails, or Ctrl-C comes, the others are cut short."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from embedded.interruption import held_back


def together(
    steps: Iterable[Callable[[], object]], *, cut_short: Callable[[], object] = lambda: None
) -> None:
    """Take all steps; raise what the first failing one raises, after all of them ended.

    `cut_short` makes steps under way end early, and no more: what they still do would race with
    an undoing. That is for after this call, when none is under way.
    """
    steps = tuple(steps)
    with ThreadPoolExecutor(len(steps)) as threads:
        try:
            with held_back():
                under_way = [threads.submit(step) for step in steps]
            for step in as_completed(under_way):
                step.result()
        except BaseException:
            cut_short()
            raise
