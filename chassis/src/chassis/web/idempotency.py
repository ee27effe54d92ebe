"""Idempotency-Key: a repeated POST gets the stored answer, kept in the command's transaction."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from chassis.database import Connection
from chassis.web.problem import Problem
from chassis.web.refusal import Refusal
from chassis.web.translation import mark

HEADER = "Idempotency-Key"
MAXIMUM_KEY_CHARACTERS = 255
UNUSABLE_KEY = Refusal(
    detail=mark("„{label}“ muss aus 1 bis 255 druckbaren ASCII-Zeichen bestehen."),
    remedy=mark("Senden Sie zum Beispiel eine neue UUID."),
)
MISSING_KEY = Refusal(
    detail=mark("„{label}“ fehlt."),
    remedy=mark("Senden Sie mit jeder neuen Anfrage eine neue UUID."),
)
REUSED_KEY = Refusal(
    detail=mark("„{label}“ wurde schon für eine andere Anfrage verwendet."),
    remedy=mark("Senden Sie für eine andere Anfrage eine neue UUID."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command answers: a JSON body and the subjects whose erasure blanks it."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)
    subjects: Sequence[UUID] = ()

    def response(self) -> Response:
        # Written by one rule, so that the repeated answer is the first one byte for byte.
        content = json.dumps(self.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(content, self.status, headers, media_type="application/json")


async def answer_once(
    connection: Connection,
    request: Request,
    command: Callable[[], Awaitable[Answer]],
    *,
    actor: UUID,
    required: bool = False,
) -> Response:
    """Run the command once per key and actor; call it inside the command's own transaction.

    A second request with the key waits for the first one's transaction. When the command raises,
    the transaction and with it the key are rolled back, so that the request may be repeated.
    """
    key = _key(request, required=required)
    if key is None:
        return (await command()).response()
    fingerprint = await _fingerprint(request)
    if not await _claimed(connection, request, key, actor, fingerprint):
        return await _stored(connection, key, actor, fingerprint)
    answer = await command()
    await _keep(connection, key, actor, answer)
    return answer.response()


async def blank_answers_about(connection: Connection, subject: UUID) -> None:
    """Erase what stored answers say about a subject; the key stays used."""
    await connection.execute(
        "update idempotent_answer set body = null, headers = '{}', status = 410"
        " where subjects @> array[$1::uuid]",
        subject,
    )


async def prune_answers(connection: Connection, *, before: datetime) -> None:
    await connection.execute("delete from idempotent_answer where created_at < $1", before)


def _key(request: Request, *, required: bool) -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        if required:
            raise _refused(MISSING_KEY)
        return None
    if not 0 < len(key) <= MAXIMUM_KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise _refused(UNUSABLE_KEY)
    return key


async def _fingerprint(request: Request) -> bytes:
    target = f"{request.method} {request.url.path}?{request.url.query}".encode()
    return hashlib.sha256(target + b"\0" + await request.body()).digest()


async def _claimed(
    connection: Connection, request: Request, key: str, actor: UUID, fingerprint: bytes
) -> bool:
    route = getattr(request.scope.get("route"), "path", request.url.path)
    claimed = await connection.fetchval(
        "insert into idempotent_answer (actor, key, route, request_hash) values ($1, $2, $3, $4)"
        " on conflict (actor, key) do nothing returning true",
        actor,
        key,
        route,
        fingerprint,
    )
    return claimed is True


async def _stored(connection: Connection, key: str, actor: UUID, fingerprint: bytes) -> Response:
    row: Any = await connection.fetchrow(
        "select request_hash, status, headers::text, body::text from idempotent_answer"
        " where actor = $1 and key = $2",
        actor,
        key,
    )
    if row is None or row["status"] is None:
        raise Problem(409)
    if row["request_hash"] != fingerprint:
        raise _refused(REUSED_KEY)
    if row["body"] is None:
        raise Problem(410)
    headers: dict[str, str] = json.loads(row["headers"])
    return Answer(status=row["status"], body=json.loads(row["body"]), headers=headers).response()


async def _keep(connection: Connection, key: str, actor: UUID, answer: Answer) -> None:
    await connection.execute(
        "update idempotent_answer set status = $3, headers = $4::text::jsonb,"
        " body = $5::text::jsonb, subjects = $6 where actor = $1 and key = $2",
        actor,
        key,
        answer.status,
        json.dumps(dict(answer.headers)),
        json.dumps(answer.body),
        list(answer.subjects),
    )


def _refused(refusal: Refusal) -> Problem:
    return Problem(422, errors=[(("header", HEADER), refusal)])
