"""Resources as they are read: one version each, with what a reader needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from hub.database import Connection, Statement, any_of
from hub.records.search import Place
from hub.schema import resource

COLUMNS = [resource.c[name] for name in ("rid", "id", "version", "updated_at", "person", "body")]
TYPED = [resource.c.type, *COLUMNS]
_NAMED = Statement(select(*TYPED).where(resource.c.type == bindparam("type"), any_of(resource.c.id, "ids")))


@dataclass(frozen=True, slots=True)
class Stored:
    """One version of a resource, as it is served."""

    type: str
    rid: int
    id: str
    version: int
    updated_at: int
    person: str | None
    body: bytes
    keys: tuple[Any, ...] = ()
    """What a search sorted it by."""

    @property
    def reference(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what was asked for; ``place`` is where to go on, none at the end."""

    rows: tuple[Stored, ...]
    place: Place | None


def named(connection: Connection, references: Iterable[str]) -> list[Stored]:
    """What ``Type/id`` references lead to, as far as it is here."""
    ids: dict[str, set[str]] = {}
    for reference in references:
        type_, _, id_ = reference.partition("/")
        ids.setdefault(type_, set()).add(id_)
    return [
        Stored(*row) for type_ in sorted(ids) for row in connection.rows(_NAMED, type=type_, ids=sorted(ids[type_]))
    ]
