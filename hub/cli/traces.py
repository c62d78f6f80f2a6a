"""What a message left behind, and which claims are one person's: the questions of `hub show` and `hub messages`."""

from __future__ import annotations

from sqlalchemy import bindparam, select, union_all

from hub.database import Connection, Statement
from hub.errors import NotFound
from hub.model import Json
from hub.records import json, times
from hub.schema import claim, entry, resource, review, version

_now = select(
    resource.c.type,
    resource.c.id,
    resource.c.version,
    resource.c.person,
    resource.c.updated_at,
    resource.c.rid,
).where(resource.c.entry == bindparam("message"))
_then = (
    select(
        resource.c.type,
        resource.c.id,
        version.c.version,
        resource.c.person,
        version.c.updated_at,
        resource.c.rid,
    )
    .join(version, version.c.rid == resource.c.rid)
    .where(version.c.entry == bindparam("message"))
)
_WRITTEN = Statement(union_all(_now, _then).order_by("rid", "version"))
_PERSON = Statement(select(claim.c.person).where(claim.c.id == bindparam("wanted")))
_CLAIMS = Statement(select(claim.c.id).where(claim.c.person == bindparam("person")).order_by(claim.c.id))
_REPLAYS = Statement(select(entry.c.id).where(entry.c.replay_of == bindparam("message")).order_by(entry.c.id))
_NOTES = Statement(select(entry.c.notes, entry.c.body).where(entry.c.id == bindparam("message")))
_REVIEWS = Statement(
    select(review.c.id, review.c.kind, review.c.status)
    .where(review.c.entry == bindparam("message"))
    .order_by(review.c.id)
)


def written(connection: Connection, message: int) -> list[Json]:
    """Every version of a resource that names the message."""
    return [
        {"type": kind, "id": id_, "version": number, "person": person, "updated_at": times.moment(updated_at)}
        for kind, id_, number, person, updated_at, _rid in connection.rows(_WRITTEN, message=message)
    ]


def bytes_and_notes(connection: Connection, message: int) -> tuple[bytes, dict[str, str]]:
    """Of refused payloads too. Raises ``NotFound``."""
    row = connection.row(_NOTES, message=message)
    if row is None:
        raise NotFound("there is no message {id}", id=message)
    return bytes(row[1]), json.decode(row[0])


def replays(connection: Connection, message: int) -> list[int]:
    return [number for (number,) in connection.rows(_REPLAYS, message=message)]


def reviews(connection: Connection, message: int) -> list[Json]:
    found = connection.rows(_REVIEWS, message=message)
    return [{"id": number, "kind": kind, "status": status} for number, kind, status in found]


def claims_of(connection: Connection, patient: str) -> list[str]:
    """All claims of the person that a Patient id, its own or one of its claims', stands for. Raises ``NotFound``."""
    row = connection.row(_PERSON, wanted=patient)
    person = row[0] if row else patient
    found = [id_ for (id_,) in connection.rows(_CLAIMS, person=person)]
    if not found:
        raise NotFound("there is no Patient/{id}", id=patient)
    return found
