"""What spreading costs and what it brings, simulated: `python bench/spread.py`, seeded."""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.table import Table
from spread_exchange import DAYS, Exchange
from spread_market import Market, Pair, market

from matching.spread.rules import SpreadRules
from schemas.vocabulary import SizeClass, Strength

console = Console()


def figures(run: Exchange) -> dict[str, float]:
    """Exposure is how often an organisation's offers were proposed."""
    pairs = [pair for request in run.market.requests for pair in request.pairs]
    read = [each for each in run.proposed if each.read]
    shown = Counter(each.pair.offering for each in run.proposed)
    seen = {each.pair.offering for each in read}
    wanted = {pair.offering for pair in pairs}
    by_week = Counter((each.pair.offering, each.day // 7) for each in run.proposed)
    total = sum(pair.gain for pair in pairs)
    served = {each.pair.waiting.request_id for each in read}
    return {
        "gain proposed": sum(each.pair.gain for each in run.proposed) / total,
        "gain read by both": sum(each.pair.gain for each in read) / total,
        "mean D of what is read": float(np.mean([each.pair.waiting.d for each in read])),
        "strong pairs proposed": _strong(each.pair for each in run.proposed) / _strong(pairs),
        "requests with a pair read": len(served) / sum(bool(r.pairs) for r in run.market.requests),
        "organisations never proposed": len(wanted - set(shown)) / len(wanted),
        "organisations never read": len(wanted - seen) / len(wanted),
        "most proposals of one in a week": max(by_week.values()),
        "most proposals of one": max(shown.values()),
        "Gini of exposure": _gini([shown[each] for each in wanted]),
        "exposure of micro firms": _share(run.market, shown, SizeClass.MICRO),
        "exposure of large firms": _share(run.market, shown, SizeClass.LARGE),
        "mean days waited": float(np.mean([each.waited for each in run.proposed])),
    }


def _strong(pairs: Iterable[Pair]) -> int:
    return sum(pair.waiting.strength is Strength.STRONG for pair in pairs)


def _gini(counts: Sequence[int]) -> float:
    ordered = np.sort(np.array(counts, dtype=float))
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * ordered.sum()))


def _share(market_: Market, shown: Counter[int], size: SizeClass) -> float:
    of_size = sum(count for owner, count in shown.items() if market_.sizes[owner] == size)
    return of_size / shown.total()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=20_000)
    asked.add_argument("--organisations", type=int, default=2_000)
    asked.add_argument("--seed", type=int, default=7)
    options = asked.parse_args()
    began = perf_counter()
    made = market(
        organisations=options.organisations,
        requests=options.requests,
        days=DAYS,
        seed=options.seed,
    )
    runs = [Exchange(made, rules, options.seed) for rules in (None, SpreadRules())]
    for run in runs:
        run.run()
    table = Table(
        title=f"{options.requests:,} requests to {options.organisations:,} organisations",
        title_justify="left",
    )
    for column in ("", "all at once", "spread"):
        table.add_column(column, justify="right" if column else "left")
    without, spread = (figures(run) for run in runs)
    for name, value in without.items():
        table.add_row(name, _said(value), _said(spread[name]))
    console.print(table)
    console.print(f"{perf_counter() - began:.0f} s")


def _said(value: float) -> str:
    return f"{value:,.0f}" if isinstance(value, int) else f"{value:.3f}"


if __name__ == "__main__":
    main()
