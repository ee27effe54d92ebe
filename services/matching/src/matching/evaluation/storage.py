"""The SQL of labels and calibrations, one function a statement."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.evaluation.label import Label, ReasonKind, reached
from matching.features import Features
from matching.hindrance import Hindrance
from schemas.match import WordPair
from schemas.vocabulary import Answer, DeclineReason, Strength

_KEEP = """
    insert into label (proposal_id, side, answer, reason, request_category, offer_category,
        strength, reason_kinds, words, hindrance, engine_version, q, d, features, answered_at,
        subjects)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11, $12, $13, $14::jsonb, $15, $16)
    on conflict (proposal_id, side) do update set answer = excluded.answer,
        reason = excluded.reason, hindrance = excluded.hindrance,
        answered_at = excluded.answered_at
"""

_DECIDED = """
    select p.d, coalesce(r.content #>> '{category,slug}', '') as asked,
        coalesce(o.content #>> '{category,slug}', '') as offered, p.features
    from (select d, request_id, offer_id, features, engine_version from proposal union all
        select d, request_id, offer_id, features, engine_version from waiting_proposal) as p
    join listing r on r.listing_id = p.request_id join listing o on o.listing_id = p.offer_id
    where p.engine_version = $1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    version: str
    threshold: float
    target: float
    answers: int
    fitted_at: datetime
    switched_on: bool


async def keep_label(connection: Connection, label: Label, *, subjects: tuple[UUID, ...]) -> None:
    """A later answer of the same side replaces the earlier one."""
    words = [pair.model_dump() for pair in label.words]
    await connection.execute(
        _KEEP,
        label.proposal_id,
        label.side,
        label.answer,
        label.reason,
        label.request_category,
        label.offer_category,
        label.strength,
        list(label.reason_kinds),
        json.dumps(words),
        label.hindrance,
        label.engine_version,
        label.q,
        label.d,
        None if label.features is None else json.dumps(label.features.columns()),
        label.answered_at,
        list(subjects),
    )


async def labels(connection: Connection) -> tuple[Label, ...]:
    rows = await connection.fetch("select * from label order by answered_at, proposal_id, side")
    return tuple(map(_label, rows))


async def labels_under(connection: Connection, version: str) -> tuple[Label, ...]:
    rows = await connection.fetch(
        "select * from label where engine_version = $1 order by answered_at, proposal_id, side",
        version,
    )
    return tuple(map(_label, rows))


async def decided_under(connection: Connection, version: str) -> tuple[float, ...]:
    """What every pair reached that was proposed or waits under the version."""
    rows = await connection.fetch(_DECIDED, version)
    return tuple(reached(row["d"], _features(row), row["asked"], row["offered"]) for row in rows)


async def keep_calibration(connection: Connection, fitted: Calibration) -> None:
    await connection.execute(
        "insert into calibration (version, threshold, target, answers, fitted_at, switched_on)"
        " values ($1, $2, $3, $4, $5, $6) on conflict (version) do update"
        " set threshold = excluded.threshold, target = excluded.target,"
        " answers = excluded.answers, fitted_at = excluded.fitted_at,"
        " switched_on = excluded.switched_on",
        fitted.version,
        fitted.threshold,
        fitted.target,
        fitted.answers,
        fitted.fitted_at,
        fitted.switched_on,
    )


async def calibration_of(connection: Connection, version: str) -> Calibration | None:
    row = await connection.fetchrow("select * from calibration where version = $1", version)
    return None if row is None else Calibration(**dict(row))


async def switch_off(connection: Connection, version: str) -> bool:
    """False where none was on."""
    row = await connection.fetchrow(
        "update calibration set switched_on = false where version = $1 and switched_on"
        " returning version",
        version,
    )
    return row is not None


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank the words; what is left are numbers about nobody."""
    await connection.execute(
        "update label set words = '[]', subjects = array_remove(subjects, $1::uuid)"
        " where subjects @> array[$1]::uuid[]",
        subject,
    )


def _label(row: Row) -> Label:
    columns = dict(row)
    del columns["subjects"]
    reason, hindrance = columns["reason"], columns["hindrance"]
    return Label(
        **columns
        | {
            "answer": Answer(columns["answer"]),
            "reason": None if reason is None else DeclineReason(reason),
            "strength": Strength(columns["strength"]),
            "reason_kinds": tuple(map(ReasonKind, columns["reason_kinds"])),
            "words": tuple(map(WordPair.model_validate, json.loads(columns["words"]))),
            "hindrance": None if hindrance is None else Hindrance(hindrance),
            "features": _features(row),
        }
    )


def _features(row: Row) -> Features | None:
    return None if row["features"] is None else Features(**json.loads(row["features"]))
