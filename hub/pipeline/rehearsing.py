"""What a payload would do to the record: everything is done, seen, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, select

from hub.adapter import Adapter, Message, Payload
from hub.database import Connection, Database, Statement, any_of
from hub.errors import HubError
from hub.identity.rules import Rules
from hub.language import ENGLISH
from hub.model import Json, RecordUpdate
from hub.pipeline.verdicts import of_applying, of_parsing, sound
from hub.records import json
from hub.records.applying import Application
from hub.records.differing import ABSENT, differences
from hub.schema import claim, resource, review, version
from hub.settlement import Outcome

NEWEST = 2**62
"""Comes after every message there is."""

_changed = Statement(
    select(resource.c.type, resource.c.id, resource.c.body, resource.c.rid, resource.c.version)
    .where(resource.c.entry == bindparam("message"))
    .order_by(resource.c.rid)
)
_before = Statement(select(version.c.rid, version.c.version, version.c.body).where(any_of(version.c.rid, "rids")))
_asked = Statement(
    select(review.c.kind, review.c.detail).where(review.c.entry == bindparam("message")).order_by(review.c.id)
)
_claims = Statement(select(claim.c.id, claim.c.person, claim.c.source_id).where(any_of(claim.c.id, "ids")))
_of_person = Statement(
    select(claim.c.id).where(claim.c.person == bindparam("whose"), claim.c.id != bindparam("itself")).limit(1)
)


class _TakenBack(Exception):
    """Ends the transaction, with what it had come to."""

    def __init__(self, seen: Json) -> None:
        self.seen = seen


def rehearse(
    database: Database, adapter: Adapter[Any], rules: Rules, payload: Payload, language: str = ENGLISH
) -> Json:
    """``outcome`` is what the message's status would be; nothing is written, whatever it is."""
    found: Json = {"key": payload.key, "notes": dict(payload.notes), "persons": [], "reviews": [], "changes": []}
    found["unmapped"] = []
    if (refusal := payload.refusal) is not None:
        return found | _ended("refused", refusal.code, refusal.text.render(language), refusal.place)
    message = Message(NEWEST, adapter.feed, payload.key, payload.body, datetime.now(UTC), payload.sender, payload.notes)
    try:
        updates = sound(adapter.parse(message))
    except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything; the worker would park it
        return found | _as_ended(of_parsing(error), language)
    found["unmapped"] = [{"map": one.map, "code": one.code, "place": one.place} for one in _unmapped(updates)]
    try:
        seen = _seen(database, message, updates, rules)
    except HubError as error:
        return found | _as_ended(of_applying(error), language)
    return found | _ended("applied") | _recognised(database, seen)


def _seen(database: Database, message: Message, updates: Sequence[RecordUpdate], rules: Rules) -> Json:
    def work(connection: Connection) -> None:
        application = Application(connection, rules)
        claims = application.take(message, updates)
        application.flush()
        raise _TakenBack(
            {
                "persons": [_person(connection, *row) for row in connection.rows(_claims, ids=sorted(claims))],
                "reviews": [{"kind": kind, "detail": json.decode(detail)} for kind, detail in _reviews(connection)],
                "changes": _changes(connection),
            }
        )

    try:
        database.serially(work)
    except _TakenBack as taken_back:
        return taken_back.seen
    raise AssertionError("unreachable")


def _reviews(connection: Connection) -> list[tuple[str, str]]:
    return connection.rows(_asked, message=NEWEST)


def _person(connection: Connection, id_: str, person: str, source_id: str) -> Json:
    shared = connection.row(_of_person, whose=person, itself=id_) is not None
    return {"number": source_id, "claim": id_, "person": person, "known_to_others": shared}


def _recognised(database: Database, seen: Json) -> Json:
    """Which of the claims were there before: ``found`` persons are not ``new``."""
    with database.read() as connection:
        ids = [one["claim"] for one in seen["persons"]]
        known = {id_ for id_, _person, _number in connection.rows(_claims, ids=ids)}
    for one in seen["persons"]:
        one["found"] = one["claim"] in known or one.pop("known_to_others")
        one.pop("known_to_others", None)
    return seen


def _changes(connection: Connection) -> list[Json]:
    now = connection.rows(_changed, message=NEWEST)
    was = {(rid, number): body for rid, number, body in connection.rows(_before, rids=[row[3] for row in now])}
    return [_change(f"{kind}/{id_}", was.get((rid, number - 1)), body) for kind, id_, body, rid, number in now]


def _change(name: str, before: bytes | None, after: bytes) -> Json:
    found = differences(_content(before) if before is not None else ABSENT, _content(after))
    return {
        "resource": name,
        "is_new": before is None,
        "differences": [
            {
                "path": one.place,
                "before": None if one.before is ABSENT else one.before,
                "after": None if one.after is ABSENT else one.after,
                "kind": one.kind,
            }
            for one in found
        ],
    }


def _content(body: bytes) -> Json:
    return {name: value for name, value in json.decode(bytes(body)).items() if name not in ("id", "meta")}


def _unmapped(updates: Iterable[RecordUpdate]) -> list[Any]:
    return list(dict.fromkeys(one for update in updates for one in update.unmapped))


def _as_ended(outcome: Outcome, language: str) -> Json:
    reason = outcome.reason.render(language) if outcome.reason else None
    return _ended(outcome.status, outcome.code, reason, outcome.place)


def _ended(outcome: str, code: str = "", reason: str | None = None, place: str = "") -> Json:
    return {"outcome": outcome, "code": code or None, "reason": reason or None, "place": place or None}
