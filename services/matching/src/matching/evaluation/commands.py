"""Answers are kept as labels, thresholds learned from them; inside the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import due_storage, listing_storage, version_storage
from matching.evaluation import storage
from matching.evaluation.calibration import Outcome, outcome, suggested_threshold
from matching.evaluation.label import Label, kinds_of
from matching.evaluation.storage import Calibration
from matching.hindrance import Hindrance, hindrance
from matching.kept_listing import KeptListing
from matching.proposal import GivenAnswer, Proposal, SideName
from matching.version_storage import VersionRow
from matching.weights import THRESHOLDS, UNJOINED_THRESHOLDS


class NothingMatched(Exception):
    """No version is active yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibration:
    """What the answers suggest, beside what is in force."""

    fitted: Calibration
    before: Outcome
    after: Outcome


async def keep_label(
    connection: Connection, proposal: Proposal, side: SideName, given: GivenAnswer, *, at: datetime
) -> None:
    found = await listing_storage.listings(connection, [proposal.request_id, proposal.offer_id])
    request, offer = found.get(proposal.request_id), found.get(proposal.offer_id)
    label = Label(
        proposal_id=proposal.proposal_id,
        side=side,
        answer=given.answer,
        reason=given.reason,
        request_category=_category(request),
        offer_category=_category(offer),
        strength=proposal.strength,
        reason_kinds=kinds_of(proposal.reasons),
        words=proposal.reasons.words,
        hindrance=_hindrance(request, offer, need=proposal.reasons.met_need, at=at),
        engine_version=proposal.engine_version,
        q=proposal.q,
        d=proposal.d,
        features=proposal.features,
        answered_at=at,
    )
    await storage.keep_label(connection, label, subjects=proposal.subjects)


async def recalibrate(
    connection: Connection,
    *,
    target: float,
    switch_on: bool,
    setting: float | None,
    now: datetime,
) -> Recalibration:
    """Learn the active version's threshold anew; one that is on stays on, with the new value.

    Raises:
        TooFewAnswers: not enough answers judge pairs of this version.
        TargetOutOfReach: even the best pairs did not fit so often.

    """
    active = await _active(connection)
    labels = await storage.labels_under(connection, active.number)
    threshold = suggested_threshold(labels, target)
    fitted = Calibration(
        version=active.number,
        threshold=threshold,
        target=target,
        answers=sum(label.fits is not None for label in labels),
        fitted_at=now,
        switched_on=switch_on or active.threshold is not None,
    )
    await storage.keep_calibration(connection, fitted)
    if fitted.switched_on:
        await due_storage.queue_open(connection, Cause.new(), now=now)
    decided = await storage.decided_under(connection, active.number)
    return Recalibration(
        fitted=fitted,
        before=outcome(_in_force(active, setting), labels, decided),
        after=outcome(threshold, labels, decided),
    )


async def switch_off(connection: Connection, *, now: datetime) -> bool:
    """Back to the measured threshold; open listings meet again under it."""
    active = await _active(connection)
    if not await storage.switch_off(connection, active.number):
        return False
    await due_storage.queue_open(connection, Cause.new(), now=now)
    return True


async def forget(connection: Connection, subject: UUID) -> None:
    await storage.forget(connection, subject)


async def _active(connection: Connection) -> VersionRow:
    active = await version_storage.in_state(connection, "active", locked=True)
    if active is None:
        raise NothingMatched
    return active


def _in_force(active: VersionRow, setting: float | None) -> float:
    measured = THRESHOLDS if active.joined else UNJOINED_THRESHOLDS
    learned = measured.possible if active.threshold is None else active.threshold
    return learned if setting is None else setting


def _category(listing: KeptListing | None) -> str:
    return "" if listing is None else listing.content.category.slug


def _hindrance(
    request: KeptListing | None, offer: KeptListing | None, *, need: str | None, at: datetime
) -> Hindrance | None:
    if request is None or offer is None:
        return Hindrance.CLOSED
    return hindrance(request, offer, now=at, need=need)
