"""What claims are compared and found by, made anew from what is kept: after an upgrade that spells or keys otherwise.

Descriptions, their keys and numbers, and by which names persons are found are made from each claim's and person's own
JSON, which stays as it is; then children are given what is known of their mothers besides. A page at a time, each in a
transaction that also keeps the place: a kill goes on where it was. Until it is done claims are found by half of their
neighbours only, so nothing is applied and nothing answered meanwhile.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import msgspec
from sqlalchemy import bindparam, delete, func, select, text

from hub import schema
from hub.database import Connection, Database, Statement, any_of
from hub.database.statement import POSTGRESQL, SQLITE
from hub.identity.agreement import numbers_of
from hub.identity.candidates import Candidates
from hub.identity.claims import Claims
from hub.identity.newborns import Newborns
from hub.identity.normalise import describe
from hub.identity.specimens import fingerprint
from hub.logs import event
from hub.records.indexing import ACTIVE, index_rows
from hub.records.json import decode
from hub.records.stored import Cause
from hub.records.times import now

log = logging.getLogger(__name__)

NAME = "likeness"
"""Of the place in table ``house``."""
PAGE = 2_000
WAIT_S, TOLD_EVERY_S = 0.5, 10.0
DELETED_AT_ONCE = 20_000

_claim, _number, _likeness = schema.claim, schema.claim_identifier, schema.likeness
_resource, _house = schema.resource, schema.house
_string, _token = schema.search_string, schema.search_token
_PLACE = Statement(select(_house.c.value).where(_house.c.name == bindparam("name")))
_ADD_HOUSE = Statement(
    lambda insert: (
        insert(_house)
        .values(name=bindparam("name"), value=bindparam("value"))
        .on_conflict_do_update(index_elements=["name"], set_={"value": bindparam("value")})
    )
)
_CLAIMS = Statement(
    select(_claim.c.id, _claim.c.feed, _claim.c.person, _claim.c.patient)
    .where(_claim.c.id > bindparam("after"))
    .order_by(_claim.c.id)
    .limit(bindparam("up_to"))
)
_DESCRIBED = Statement(
    select(_likeness.c.claim)
    .where(_likeness.c.claim > bindparam("after"))
    .order_by(_likeness.c.claim)
    .limit(bindparam("up_to"))
)
_HOLD = Statement(
    lambda insert: (
        insert(_number)
        .values({name: bindparam(name) for name in ("system", "value", "claim")})
        .on_conflict_do_nothing()
    )
)
_ANY_CLAIM = Statement(select(_claim.c.id).limit(1))
_COUNT = Statement(select(func.count()).select_from(_claim))
_PERSONS = Statement(
    select(_resource.c.rid, _resource.c.body).where(
        _resource.c.type == "Patient", any_of(_resource.c.id, "ids"), _resource.c.person == _resource.c.id
    )
)
_OF_PATIENTS = _string.c.name.between("Patient.", "Patient/")
_FIRST_STRINGS = Statement(
    select(_string.c.name, _string.c.value, _string.c.rid, _string.c.exact).where(_OF_PATIENTS).limit(DELETED_AT_ONCE)
)
_DELETE_STRING = Statement(delete(_string).where(*(column == bindparam(column.name) for column in _string.primary_key)))
_ADD_STRING = Statement(
    lambda insert: (
        insert(_string)
        .values({name: bindparam(name) for name in ("name", "value", "rid", "exact")})
        .on_conflict_do_nothing()
    )
)
_ADD_TOKEN = Statement(
    lambda insert: (
        insert(_token)
        .values({name: bindparam(name) for name in ("name", "value", "rid", "system")})
        .on_conflict_do_nothing()
    )
)
_ALL = ("block_key", "likeness", "claim_identifier")
_FORGET_ALL = {
    SQLITE: tuple(Statement(text(f"DELETE FROM {each}")) for each in _ALL),  # noqa: S608 - names of ours
    POSTGRESQL: (Statement(text(f"TRUNCATE {', '.join(_ALL)}")),),
}
"""Whole tables, as each back end does it without looking at every row."""


class Place(msgspec.Struct, frozen=True):
    """How far the claims are described by one spelling."""

    spelling: str
    after: str = ""
    """Ids of claims up to this one are done."""
    emptied: bool = False
    """What an older spelling left is gone."""
    done: int = 0
    described: bool = False
    """All are; then those who name a mother are looked at again, from the first on."""
    whole: bool = False

    @property
    def current(self) -> bool:
        return self.whole and self.spelling == spelling()


@dataclass(frozen=True, slots=True)
class Rebuilt:
    claims: int
    """How many were described now; those that an earlier, interrupted run had described are not among them."""
    needed: bool
    """False where all were described by today's spelling already."""


def needed(database: Database) -> bool:
    with database.read() as connection:
        place = _place(connection)
        return not place.current and connection.row(_ANY_CLAIM) is not None


def rebuild(
    database: Database,
    *,
    again: bool = False,
    told: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Rebuilt:
    """Describes every claim that is not described by today's spelling; with ``again`` every claim.

    Of several processes one does it, the others wait. ``told`` hears how many of how many are done, now and then;
    ``stopped`` is asked between two pages: what is left is left for another call.
    """
    claims, was_needed = 0, again or needed(database)
    while (again or needed(database)) and not stopped():
        with database.turn(NAME) as mine:
            if mine:
                if again:
                    database.serially(lambda connection: _keep(connection, Place(spelling())))
                claims += _Rebuilding(database, told or _tell, stopped).run()
        again = again and not mine
        if not mine:
            time.sleep(WAIT_S)
    if not was_needed:
        database.serially(_begin)
    return Rebuilt(claims, was_needed)


def _begin(connection: Connection) -> None:
    """A base without claims is described whole: what comes from now on is described as it comes."""
    if not _place(connection).current:
        _keep(connection, Place(spelling(), whole=True))


def spelling() -> str:
    """Another one as soon as a claim would be described, or looked for, otherwise."""
    return fingerprint()


class _Rebuilding:
    def __init__(self, database: Database, told: Callable[[int, int], None], stopped: Callable[[], bool]) -> None:
        self._database = database
        self._told = told
        self._stopped = stopped
        self._told_at = time.monotonic()

    def run(self) -> int:
        """How many claims it described."""
        with self._database.read() as connection:
            place = _place(connection)
            ((claims,),) = connection.rows(_COUNT)
        if place.spelling != spelling():
            place = Place(spelling())
        while not (place.emptied or self._stopped()):
            place = self._database.serially(partial(_empty, place))
        first = place.done
        while place.emptied and not (place.whole or self._stopped()):
            place = self._database.serially(partial(_raise_page if place.described else _describe_page, place))
            self._progress(place.done, claims, at_once=place.whole)
        return place.done - first

    def _progress(self, done: int, claims: int, *, at_once: bool) -> None:
        if at_once or time.monotonic() > self._told_at + TOLD_EVERY_S:
            self._told_at = time.monotonic()
            self._told(done, max(done, claims))


def _empty(place: Place, connection: Connection) -> Place:
    """Keys of an older spelling lead nowhere: nobody could tell any more which row a claim owns."""
    strings = connection.rows(_FIRST_STRINGS)
    connection.many_in_order(_DELETE_STRING, strings)
    emptied = len(strings) < DELETED_AT_ONCE
    if emptied:
        for statement in _FORGET_ALL[connection.dialect]:
            connection.run(statement)
    return _keep(connection, msgspec.structs.replace(place, emptied=emptied))


def _describe_page(place: Place, connection: Connection) -> Place:
    rows = connection.rows(_CLAIMS, after=place.after, up_to=PAGE)
    claims, candidates = Claims(connection), Candidates(connection, {id_: person for id_, _, person, _ in rows}.get)
    newborns = Newborns(connection, claims, candidates, now())
    holding = []
    for id_, feed, _, patient in rows:
        description = describe(decode(patient), feed)
        candidates.note(id_, description)
        holding += [(*number, id_) for number in numbers_of(description).union(newborns.numbers(feed, description))]
    candidates.flush()
    connection.many_in_order(_HOLD, sorted(holding))
    _name(connection, [id_ for id_, *_ in rows])
    done = place.done + len(rows)
    if len(rows) < PAGE:
        return _keep(connection, msgspec.structs.replace(place, after="", done=done, described=True))
    return _keep(connection, msgspec.structs.replace(place, after=rows[-1][0], done=done))


def _raise_page(place: Place, connection: Connection) -> Place:
    """As who comes is described: with all ID numbers of the mother."""
    ids = [id_ for (id_,) in connection.rows(_DESCRIBED, after=place.after, up_to=PAGE)]
    claims = Claims(connection)
    candidates = Candidates(connection, claims.person_of)
    newborns = Newborns(connection, claims, candidates, now())
    described = candidates.described(ids)
    children = {id_: each for id_, each in described.items() if each.mother is not None and each.mother.numbers}
    for known in claims.each(children):
        told = children[known.id]
        raised = newborns.raised(known, told, Cause(known.feed, known.entry))
        if raised != told:
            claims.renumber(known.id, newborns.numbers(known.feed, told), newborns.numbers(known.feed, raised))
            candidates.note(known.id, raised)
    claims.flush()
    candidates.flush()
    after = ids[-1] if ids else place.after
    return _keep(connection, msgspec.structs.replace(place, after=after, whole=len(ids) < PAGE))


def _name(connection: Connection, ids: list[str]) -> None:
    """What the persons among these claims are found by, as text, and whether they are active."""
    found = [(rid, index_rows(decode(body))) for rid, body in connection.rows(_PERSONS, ids=ids)]
    strings = [(name, value, rid, exact) for rid, rows in found for name, value, exact in rows.strings]
    connection.many_in_order(_ADD_STRING, sorted(strings))
    tokens = [
        (name, value, rid, system) for rid, rows in found for name, value, system in rows.tokens if name == ACTIVE
    ]
    connection.many_in_order(_ADD_TOKEN, sorted(tokens))


def _place(connection: Connection) -> Place:
    row = connection.row(_PLACE, name=NAME)
    return msgspec.json.decode(bytes(row[0]), type=Place) if row else Place("")


def _keep(connection: Connection, place: Place) -> Place:
    connection.run(_ADD_HOUSE, name=NAME, value=msgspec.json.encode(place))
    return place


def _tell(done: int, claims: int) -> None:
    event(log, "identity.rebuilding", "{done} of {claims} claims are described anew", done=done, claims=claims)
