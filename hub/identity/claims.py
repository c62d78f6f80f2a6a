"""The claims one transaction works on: how each feed knows a person, and the strong numbers that lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import bindparam, delete, insert, select, update

from hub import schema
from hub.database import Connection, Statement, any_of
from hub.identity.normalise import Number
from hub.model import Json
from hub.records.json import decode, encode
from hub.records.person_view import REVIEW

_table, _numbers = schema.claim, schema.claim_identifier
_NAMES = tuple(column.name for column in _table.columns)
_CHANGING = ("person", "patient", "digest", "recorded_at", "entry")

_BY_ID = Statement(select(*_table.columns).where(any_of(_table.c.id, "ids")))
_INSERT = Statement(insert(_table).values({name: bindparam(name) for name in _NAMES}))
_UPDATE = Statement(
    update(_table).where(_table.c.id == bindparam("at_id")).values({name: bindparam(name) for name in _CHANGING})
)
_MOVE = Statement(
    update(schema.likeness).where(schema.likeness.c.claim == bindparam("at_id")).values(person=bindparam("person"))
)
_HOLDERS = Statement(
    select(_numbers.c.system, _numbers.c.value, _numbers.c.claim).where(any_of(_numbers.c.value, "values"))
)
_HOLD = Statement(insert(_numbers).values({name: bindparam(name) for name in ("system", "value", "claim")}))
_LET_GO = Statement(delete(_numbers).where(*[column == bindparam(column.name) for column in _numbers.primary_key]))


@dataclass(slots=True)
class Known:
    """A claim as the record has it."""

    id: str
    number: int
    """The order of first appearance."""
    feed: str
    source_id: str
    person: str
    raw: bytes
    digest: bytes
    recorded_at: int
    entry: int
    new: bool = True
    changed: bool = True
    _patient: Json = field(default_factory=dict)

    @property
    def patient(self) -> Json:
        """As this sender describes the person; the hub's flags are in ``meta.tag``."""
        if not self._patient:
            self._patient = decode(self.raw)
        return self._patient

    @patient.setter
    def patient(self, patient: Json) -> None:
        self._patient, self.raw, self.changed = patient, encode(patient), True

    def flag(self, code: str, other: str) -> None:
        """Marks an open question with another claim; once."""
        tag = {"system": REVIEW, "code": code, "display": other}
        tags = self.patient.get("meta", {}).get("tag", [])
        if tag not in tags:
            self.patient = self.patient | {"meta": self.patient.get("meta", {}) | {"tag": [*tags, tag]}}

    def flagged(self, code: str) -> list[str]:
        """The other claims of these questions."""
        tags = self.patient.get("meta", {}).get("tag", ())
        return [tag["display"] for tag in tags if tag["code"] == code]


class Claims:
    """What it has handed out is what later reads in the same transaction see."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Known | None] = {}
        self._persons: dict[str, str] = {}
        """Of the claims that the database has: whose it says they are."""
        self._held: dict[Number, set[str]] = {}
        self._to_hold: dict[Number, set[str]] = {}

    def expect(self, ids: Iterable[str]) -> None:
        """Reads what will be asked for in one statement."""
        missing = [id_ for id_ in ids if id_ not in self._known]
        if not missing:
            return
        self._known.update(dict.fromkeys(missing))
        for row in self._connection.rows(_BY_ID, ids=missing):
            known = self._known[row[0]] = Known(*row)
            known.new = known.changed = False
            self._persons[known.id] = known.person

    def get(self, id_: str) -> Known | None:
        if id_ not in self._known:
            self.expect([id_])
        return self._known[id_]

    def person_of(self, id_: str) -> str | None:
        """Where this transaction has touched the claim."""
        known = self._known.get(id_)
        return None if known is None else known.person

    def each(self, ids: Iterable[str]) -> list[Known]:
        """Those of ``ids`` that there are, in order of first appearance."""
        wanted = list(ids)
        self.expect(wanted)
        found = [known for id_ in wanted if (known := self._known[id_]) is not None]
        return sorted(found, key=lambda known: (known.number, known.id))

    def add(self, known: Known, numbers: Iterable[Number]) -> None:
        self._known[known.id] = known
        self._hold(known.id, numbers)

    def renumber(self, claim: str, before: Iterable[Number], after: Iterable[Number]) -> None:
        old, new = set(before), set(after)
        for number in sorted(old - new):
            if claim in self._to_hold.get(number, ()):
                self._to_hold[number].discard(claim)
            else:
                self._connection.many(_LET_GO, [_number_row(number, claim)])
            self._held.get(number, set()).discard(claim)
        self._hold(claim, new - old)

    def expect_numbers(self, numbers: Iterable[Number]) -> None:
        """Reads who holds these numbers in one statement."""
        missing = {number for number in numbers if number not in self._held}
        if not missing:
            return
        for number in missing:
            self._held[number] = set(self._to_hold.get(number, ()))
        for system, value, claim in self._connection.rows(_HOLDERS, values=sorted({value for _, value in missing})):
            if (system, value) in missing:
                self._held[system, value].add(claim)

    def held(self, numbers: Iterable[Number]) -> dict[Number, set[str]]:
        """Claims with each of the numbers, whichever feed sent it."""
        wanted = list(numbers)
        self.expect_numbers(wanted)
        return {number: self._held[number] for number in wanted}

    def flush(self) -> None:
        changed = [known for known in self._known.values() if known is not None and (known.changed or known.new)]
        old = [known for known in changed if not known.new]
        holding = sorted((number, claim) for number, claims in self._to_hold.items() for claim in claims)
        with self._connection.together():
            self._connection.many(_INSERT, [_row(known, _NAMES) for known in changed if known.new])
            self._connection.many(_UPDATE, [_row(known, _CHANGING) | {"at_id": known.id} for known in old])
            self._connection.many(_MOVE, [{"person": one.person, "at_id": one.id} for one in self._moved(changed)])
            self._connection.many(_HOLD, [_number_row(*row) for row in holding])
        for known in changed:
            known.new = known.changed = False
            self._persons[known.id] = known.person
        self._to_hold.clear()

    def _moved(self, changed: Iterable[Known]) -> list[Known]:
        """Those that the database has as another person's."""
        return [known for known in changed if self._persons.get(known.id, known.person) != known.person]

    def _hold(self, claim: str, numbers: Iterable[Number]) -> None:
        for number in numbers:
            self._to_hold.setdefault(number, set()).add(claim)
            if number in self._held:
                self._held[number].add(claim)


def _number_row(number: Number, claim: str) -> dict[str, str]:
    system, value = number
    return {"system": system, "value": value, "claim": claim}


def _row(known: Known, names: Iterable[str]) -> dict[str, object]:
    return {name: known.raw if name == "patient" else getattr(known, name) for name in names}
