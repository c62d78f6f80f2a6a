"""What a message left behind, and which claims are one person's: the questions of `hub show` and `hub messages`."""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, union_all

from hub.database import Connection, Statement, any_of
from hub.errors import NotFound
from hub.identity.changes import changes_of
from hub.model import Json
from hub.records import json, times
from hub.schema import claim, decision, delivery, entry, resource, review, version

_now = select(
    resource.c.type,
    resource.c.id,
    resource.c.version,
    resource.c.person,
    resource.c.updated_at,
    resource.c.rid,
    resource.c.body,
).where(resource.c.entry == bindparam("message"))
_then = (
    select(
        resource.c.type,
        resource.c.id,
        version.c.version,
        resource.c.person,
        version.c.updated_at,
        resource.c.rid,
        version.c.body,
    )
    .join(version, version.c.rid == resource.c.rid)
    .where(version.c.entry == bindparam("message"))
)
_WRITTEN = Statement(union_all(_now, _then).order_by("rid", "version"))
_PERSON = Statement(select(claim.c.person).where(claim.c.id == bindparam("wanted")))
_CLAIMS = Statement(select(claim.c.id).where(claim.c.person == bindparam("person")).order_by(claim.c.id))
_REPLAYS = Statement(select(entry.c.id).where(entry.c.replay_of == bindparam("message")).order_by(entry.c.id))
_NOTES = Statement(select(entry.c.notes, entry.c.body).where(entry.c.id == bindparam("message")))
_DELIVERIES = Statement(
    select(delivery.c.id, delivery.c.destination, delivery.c.part, delivery.c.status)
    .where(delivery.c.entry == bindparam("message"))
    .order_by(delivery.c.id)
)
_REVIEWS = Statement(
    select(review.c.id, review.c.kind, review.c.status)
    .where(review.c.entry == bindparam("message"))
    .order_by(review.c.id)
)
_KNOWN = Statement(
    select(claim.c.id, claim.c.feed, claim.c.source_id, claim.c.recorded_at, claim.c.entry, claim.c.patient)
    .where(claim.c.person == bindparam("person"))
    .order_by(claim.c.number, claim.c.id)
)
_DECIDED = Statement(
    select(*decision.columns)
    .where(or_(any_of(decision.c.one, "claims"), any_of(decision.c.other, "claims")))
    .order_by(decision.c.id)
)


def written(connection: Connection, message: int) -> list[Json]:
    """Every version of a resource that names the message."""
    return [
        {
            "type": kind,
            "id": id_,
            "version": number,
            "person": person,
            "updated_at": times.moment(updated_at),
            "body": json.decode(bytes(body)),
        }
        for kind, id_, number, person, updated_at, _rid, body in connection.rows(_WRITTEN, message=message)
    ]


def bytes_and_notes(connection: Connection, message: int) -> tuple[bytes, dict[str, str]]:
    """Of refused payloads too. Raises ``NotFound``."""
    row = connection.row(_NOTES, message=message)
    if row is None:
        raise NotFound("there is no message {id}", id=message)
    return bytes(row[1]), json.decode(row[0])


def deliveries(connection: Connection, message: int) -> list[Json]:
    """Who is told of it, and how far that has come."""
    rows = connection.rows(_DELIVERIES, message=message)
    return [dict(zip(("id", "destination", "part", "status"), row, strict=True)) for row in rows]


def replays(connection: Connection, message: int) -> list[int]:
    return [number for (number,) in connection.rows(_REPLAYS, message=message)]


def reviews(connection: Connection, message: int) -> list[Json]:
    found = connection.rows(_REVIEWS, message=message)
    return [{"id": number, "kind": kind, "status": status} for number, kind, status in found]


def person_of(connection: Connection, patient: str) -> str:
    """The person that a Patient id, its own or one of its claims', stands for. Raises ``NotFound``."""
    row = connection.row(_PERSON, wanted=patient)
    if row is None:
        raise NotFound("there is no Patient/{id}", id=patient)
    return str(row[0])


def claims_of(connection: Connection, patient: str) -> list[str]:
    """All claims of that person. Raises ``NotFound``."""
    return [id_ for (id_,) in connection.rows(_CLAIMS, person=person_of(connection, patient))]


def known_as(connection: Connection, person: str) -> list[Json]:
    """The claims of a person as their senders describe them."""
    return [
        {
            "claim": id_,
            "feed": feed,
            "source_id": source_id,
            "recorded_at": times.moment(recorded_at),
            "message": message,
            "patient": json.decode(patient),
        }
        for id_, feed, source_id, recorded_at, message, patient in connection.rows(_KNOWN, person=person)
    ]


def decisions_about(connection: Connection, claims: list[str]) -> list[Json]:
    """Every decision that names one of the claims, those that were taken back too."""
    names = [column.name for column in decision.columns]
    return [_decision(dict(zip(names, row, strict=True))) for row in connection.rows(_DECIDED, claims=claims)]


def changes_about(connection: Connection, claims: list[str]) -> list[Json]:
    """What became of the claims, the oldest first."""
    return [
        {
            "id": found.id,
            "kind": found.kind,
            "decision": found.decision,
            "message": found.entry,
            "by": found.by,
            "at": times.moment(found.at),
            "persons": {claim: {"before": pair[0], "after": pair[1]} for claim, pair in found.persons.items()},
        }
        for found in changes_of(connection, claims)
    ]


def _decision(row: Json) -> Json:
    moments = {name: None if row[name] is None else times.moment(row[name]) for name in ("decided_at", "withdrawn_at")}
    flags = {name: bool(row[name]) for name in ("active", "retires")}
    return row | moments | flags | {"evidence": json.decode(row["evidence"]), "message": row.pop("entry")}
