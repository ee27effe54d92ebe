"""``evaluate`` and ``recalibrate``: what the answers say of the proposals, and what follows."""

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from chassis.cli.running import audit, in_transaction, settings_of
from chassis.database import Connection
from chassis.service import Service
from matching.evaluation import commands, storage
from matching.evaluation.calibration import LEAST_ANSWERS, TargetOutOfReach, TooFewAnswers
from matching.evaluation.commands import NothingMatched, Recalibration
from matching.evaluation.label import Label
from matching.evaluation.precision import FEW, GROUPINGS, Precision, precision, precisions
from matching.evaluation.rescoring import OtherWeights, Rescored, rescored
from matching.evaluation.tables import csv_rows, precision_table, reason_table, recalibration_table
from matching.weights import THRESHOLDS, WEIGHTS

Share = Annotated[float, typer.Option(min=0.0)]


def evaluation_commands(service: Service) -> typer.Typer:
    group = typer.Typer()
    _add_evaluate(group, service)
    _add_recalibrate(group, service)
    return group


def _add_evaluate(group: typer.Typer, service: Service) -> None:
    @group.command()
    def evaluate(
        *,
        sentence_share: Share = WEIGHTS.sentence_share,
        same_category: Share = WEIGHTS.same_category,
        lexical_share: Share = WEIGHTS.lexical_share,
        across_categories: Share = THRESHOLDS.across_categories,
        possible: Annotated[
            float | None, typer.Option(help="Another threshold; else the one that was in force.")
        ] = None,
        as_csv: Annotated[bool, typer.Option("--csv", help="Rows for a spreadsheet.")] = False,
    ) -> None:
        """Show how often proposals fitted by the answers, and how other weights would have done.

        Example: python -m matching evaluate --sentence-share 0.5 --same-category 0.3
        """
        weights = replace(
            WEIGHTS,
            sentence_share=sentence_share,
            same_category=same_category,
            lexical_share=lexical_share,
        )
        other = OtherWeights(
            weights=weights, across_categories=across_categories, possible=possible
        )
        labels = in_transaction(service, storage.labels)
        _show(labels, None if other == OtherWeights() else rescored(labels, other), as_csv=as_csv)


def _add_recalibrate(group: typer.Typer, service: Service) -> None:
    @group.command()
    def recalibrate(
        *,
        switch: Annotated[
            bool | None,
            typer.Option("--switch-on/--switch-off", help="Put it in force, or end it."),
        ] = None,
        target: Annotated[
            float,
            typer.Option("--precision", help="So often a weakest pair is to fit.", min=0, max=1),
        ] = 0.7,
    ) -> None:
        """Learn the threshold from the answers and show before and after; off until switched on.

        Example: python -m matching recalibrate --switch-on
        """
        if switch is False:
            typer.echo(in_transaction(service, _switched_off))
            return
        setting: float | None = settings_of(service).threshold  # type: ignore[attr-defined]
        try:
            found = in_transaction(
                service,
                lambda connection: _learned(
                    connection, target=target, switch_on=bool(switch), setting=setting
                ),
            )
        except (TooFewAnswers, TargetOutOfReach, NothingMatched) as refusal:
            typer.echo(_sentence(refusal, target), err=True)
            raise typer.Exit(1) from refusal
        Console().print(recalibration_table(found))
        typer.echo(_state(found, setting))


async def _learned(
    connection: Connection, *, target: float, switch_on: bool, setting: float | None
) -> Recalibration:
    found = await commands.recalibrate(
        connection, target=target, switch_on=switch_on, setting=setting, now=datetime.now(UTC)
    )
    state = "on" if found.fitted.switched_on else "off"
    result = f"{found.fitted.version} from {found.fitted.threshold:.2f}, {state}"
    await audit(connection, "recalibrate", result)
    return found


def _show(labels: Sequence[Label], other: Rescored | None, *, as_csv: bool) -> None:
    overall = precision("all", labels)
    grouped = {name: precisions(labels, groups) for name, groups in GROUPINGS.items()}
    tables: dict[str, tuple[Precision, ...]] = {"all answers": (overall,), **grouped}
    if other is not None:
        tables["rescored"] = (other.before, other.after)
    if as_csv:
        csv.writer(sys.stdout).writerows(csv_rows(tables))
        return
    for sentence in _cautions(overall, len(labels)):
        typer.echo(sentence)
    console = Console()
    for name, rows in tables.items():
        if labels:
            console.print(precision_table(name, rows))
    if labels:
        console.print(reason_table(labels))
    if other is not None and labels:
        typer.echo(_rescored(other))


def _cautions(overall: Precision, answers: int) -> Iterable[str]:
    if not answers:
        yield "No proposal has been answered yet: there is nothing to evaluate."
    elif overall.judged < FEW:
        yield (
            f"Only {overall.judged} of {answers} answers judge a pair: below {FEW} the intervals"
            " are too wide to act on."
        )


def _rescored(other: Rescored) -> str:
    unknown = f" {other.unknown} older answers lack their features." if other.unknown else ""
    return (
        f"Under these weights {other.after.judged} of {other.before.judged} judged pairs would"
        f" have been proposed: {other.fitting_lost} fitting ones lost, {other.misfits_avoided}"
        f" misfits avoided. Pairs that were never proposed have no answer.{unknown}"
    )


async def _switched_off(connection: Connection) -> str:
    try:
        done = await commands.switch_off(connection, now=datetime.now(UTC))
    except NothingMatched:
        done = False
    if not done:
        return "No learned threshold is on; nothing changed."
    await audit(connection, "recalibrate", "switched off")
    return "The learned threshold is off; open listings meet again under the measured one."


def _state(found: Recalibration, setting: float | None) -> str:
    if not found.fitted.switched_on:
        return "It is off. Put it in force with: python -m matching recalibrate --switch-on"
    if setting is not None:
        return "It is on, but MATCHING_THRESHOLD is set and goes before it."
    return f"It is on for version {found.fitted.version}; open listings meet again under it."


def _sentence(refusal: Exception, target: float) -> str:
    if isinstance(refusal, NothingMatched):
        return "The service has not matched anything yet: there is no threshold to learn."
    if isinstance(refusal, TooFewAnswers):
        return (
            f"{refusal} answers judge pairs of the active version; a threshold is learned from"
            f" {LEAST_ANSWERS} on. Nothing changed."
        )
    return (
        f"Even the best pairs fitted in only {refusal.args[0]:.0%} of the answers, not in"
        f" {target:.0%}: no threshold reaches that. Nothing changed."
    )
