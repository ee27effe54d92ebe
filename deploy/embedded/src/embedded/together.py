"""Steps that are taken at once: when one fails, or Ctrl-C comes, the others are cut short."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed


def together(
    steps: Iterable[Callable[[], object]], *, cut_short: Callable[[], object] = lambda: None
) -> None:
    """Take all steps; raise what the first failing one raises, after all of them ended.

    `cut_short` makes steps under way end early, as stopping a server ends the wait for it.
    """
    steps = tuple(steps)
    with ThreadPoolExecutor(len(steps)) as threads:
        under_way = [threads.submit(step) for step in steps]
        try:
            for step in as_completed(under_way):
                step.result()
        except BaseException:
            cut_short()
            raise
