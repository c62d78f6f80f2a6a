"""What became of persons: kept whenever a claim that was already known moves to another person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, select

from hub.adapter import IdentityChange
from hub.database import Connection, Statement, any_of
from hub.identity.claims import Known
from hub.model import Json
from hub.records.json import decode, encode
from hub.records.stored import Cause
from hub.records.times import moment
from hub.schema import claim_change, identity_change

_COLUMNS = tuple(identity_change.c)
_NEW = ("kind", "decision", "persons", "by", "at", "entry")
_KEEP = Statement(
    insert(identity_change).values({name: bindparam(name) for name in _NEW}).returning(identity_change.c.id)
)
_NAME = Statement(insert(claim_change).values(claim=bindparam("claim"), change=bindparam("change")))
_ONE = Statement(select(*_COLUMNS).where(identity_change.c.id == bindparam("change")))
_OF_CLAIMS = Statement(
    select(*_COLUMNS)
    .where(identity_change.c.id.in_(select(claim_change.c.change).where(any_of(claim_change.c.claim, "claims"))))
    .order_by(identity_change.c.id)
)

Persons = Mapping[str, tuple[str, str]]
"""Of each claim that moved: its person before and after."""


@dataclass(frozen=True, slots=True)
class Change:
    id: int
    kind: str
    """``join`` and ``part`` for what a message brought about; ``merge``, ``split``, ``undo`` … for what people did."""
    decision: int | None
    persons: Persons
    by: str
    at: int
    entry: int | None

    @property
    def told(self) -> IdentityChange:
        """As others hear of it."""
        merged, parted = merged_and_parted(self.persons)
        return IdentityChange(self.id, self.kind, moment(self.at), merged, parted)


@dataclass(slots=True)
class Changes:
    """Of one transaction, by the message behind them (0 = a person's doing)."""

    _moved: dict[int, dict[str, tuple[str, str]]] = field(default_factory=dict)
    _feeds: dict[int, str] = field(default_factory=dict)

    def moved(self, known: Known, before: str, cause: Cause | None) -> None:
        """A claim nobody could see before this transaction has not moved."""
        if known.new:
            return
        entry = cause.entry if cause else 0
        self._feeds[entry] = cause.feed if cause else ""
        moved = self._moved.setdefault(entry, {})
        moved[known.id] = (moved.get(known.id, (before, ""))[0], known.person)

    @property
    def persons(self) -> Persons:
        """Of all of them together."""
        found: dict[str, tuple[str, str]] = {}
        for moved in self._moved.values():
            for claim, (before, after) in moved.items():
                found[claim] = (found.get(claim, (before, ""))[0], after)
        return {claim: pair for claim, pair in found.items() if pair[0] != pair[1]}

    def flush(self, connection: Connection, at: int) -> list[int]:
        """Keeps what messages brought about; the numbers of the changes."""
        kept = []
        for entry, moved in self._moved.items():
            if persons := {claim: pair for claim, pair in moved.items() if pair[0] != pair[1]}:
                kept.append(keep(connection, _kind(persons), persons, self._feeds[entry], at, entry=entry))
        self._moved.clear()
        return kept


def keep(  # noqa: PLR0913 - a row
    connection: Connection,
    kind: str,
    persons: Persons,
    by: str,
    at: int,
    *,
    decision: int | None = None,
    entry: int | None = None,
) -> int:
    packed = encode(persons).decode()
    ((number,),) = connection.rows(_KEEP, kind=kind, decision=decision, persons=packed, by=by, at=at, entry=entry)
    connection.many(_NAME, [{"claim": claim, "change": number} for claim in persons])
    return int(number)


def change(connection: Connection, number: int) -> Change | None:
    row = connection.row(_ONE, change=number)
    return None if row is None else _change(row)


def changes_of(connection: Connection, claims: Sequence[str]) -> list[Change]:
    """The history of some claims, the oldest first."""
    return [_change(row) for row in connection.rows(_OF_CLAIMS, claims=list(claims))]


def merged_and_parted(persons: Persons) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Which persons are no longer one of their own, as (survivor, retired); which are new, as (remaining, new)."""

    def now(person: str) -> str:
        return persons[person][1] if person in persons else person

    merged = [(after, claim) for claim, (before, after) in persons.items() if before == claim != after]
    parted = [
        (now(before), claim)
        for claim, (before, after) in persons.items()
        if after == claim != before and now(before) != claim
    ]
    return tuple(sorted(merged)), tuple(sorted(parted))


def _kind(persons: Persons) -> str:
    merged, parted = merged_and_parted(persons)
    return "part" if parted and not merged else "join"


def _change(row: Iterable[object]) -> Change:
    found: Json = dict(zip((column.name for column in _COLUMNS), row, strict=True))
    persons = {claim: (before, after) for claim, (before, after) in decode(found["persons"]).items()}
    return Change(**found | {"persons": persons})
