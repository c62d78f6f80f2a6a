"""Decisions taken back as if they had never been, and put in force again: an undo can be undone.

Each row of ``withdrawal`` says why a decision does not count: another one took its place, or it was undone. An undone
decision's own effects do not hold either. So what is in force follows from what stands alone, in whatever order it was
decided, undone and restored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, delete, insert, select, update

from hub.database import Connection, Statement, any_of
from hub.errors import NotFound, Refused
from hub.identity.acting import Act, Done
from hub.identity.graph import Decision, Ruling, about, decide, forget, withdraw
from hub.identity.putting_back import brought, exchange
from hub.schema import decision as _decision
from hub.schema import together, withdrawal

_COLUMNS = [_decision.c[name] for name in ("id", "kind", "one", "other", "active")]
_ONES = Statement(select(*_COLUMNS).where(any_of(_decision.c.id, "decisions")))
_WITH = Statement(
    select(together.c.decision).where(
        together.c.first.in_(select(together.c.first).where(together.c.decision == bindparam("of")))
    )
)
_JOIN = Statement(insert(together).values(decision=bindparam("decision"), first=bindparam("first")))
_WHY = Statement(
    select(withdrawal.c.because, withdrawal.c.undoes).where(
        withdrawal.c.decision == bindparam("of"), withdrawal.c.holds == bindparam("holding")
    )
)
_EFFECTS = Statement(
    select(withdrawal.c.decision, withdrawal.c.holds).where(
        withdrawal.c.because == bindparam("of"), withdrawal.c.decision != bindparam("of")
    )
)
_SET_HOLDING = Statement(
    update(withdrawal)
    .where(withdrawal.c.because == bindparam("of"), withdrawal.c.decision != bindparam("of"))
    .values(holds=bindparam("holding"))
)
_FORGET = Statement(
    delete(withdrawal).where(withdrawal.c.decision == bindparam("of"), withdrawal.c.because == bindparam("of"))
)
_GIVE_WAY = Statement(insert(withdrawal).values({column.name: bindparam(column.name) for column in withdrawal.columns}))
_ACTIVATE = Statement(
    update(_decision)
    .where(_decision.c.id == bindparam("of"), _decision.c.active != bindparam("active"))
    .values(active=bindparam("active"))
)
_CLEAR = Statement(
    update(_decision)
    .where(_decision.c.id == bindparam("of"))
    .values(withdrawn_by=bindparam("nobody"), withdrawn_at=bindparam("nobody"), why=bindparam("nobody"))
)


@dataclass(frozen=True, slots=True)
class Found:
    id: int
    kind: str
    one: str
    other: str
    active: bool


def undo(act: Act, decision: int) -> Done:
    """Takes back a decision, whoever made it, with those that were made together with it.

    After a "same" the two are decided not to be the same, which rules honour; that is the decision to undo, or
    ``restore`` the one to use, to have it back. Raises ``NotFound``, and ``Refused`` for what is not in force.
    """
    found = _find(act.connection, decision)
    if not (found.active or _is_overruled(act.connection, decision)):
        raise Refused("decision {decision} was taken back before", decision=decision)
    members = _together(act.connection, decision)
    claims = {claim for one in members for claim in (one.one, one.other)}
    instead = None
    if found.kind == "same" and len(members) == 1:
        instead = _part(act, found)
    else:
        made = [(member.id, member.one) for member in members]
        numbers = [*(member.id for member in members), *brought(act, made, back=True)]
        claims |= exchange(act, made, back=True)
        for number in numbers:
            withdraw(act.connection, number, act.by, act.at, act.why, undoes=True)
        claims |= settle(act.connection, numbers)
    kinds = [one.kind for one in members]
    undone = "not_same" if "not_same" in kinds else found.kind  # a split also keeps together what stays
    return replace(act.done("undo", decision, claims), undone=undone, instead=instead)


def restore(act: Act, decision: int) -> Done:
    """Puts a decision in force again that was undone. Raises ``NotFound``, and ``Refused`` for any other."""
    _find(act.connection, decision)
    undoers = [because for because, undoes in act.connection.rows(_WHY, of=decision, holding=True) if undoes]
    if not undoers:
        raise Refused("decision {decision} was not undone", decision=decision)
    claims = set[str]()
    for because in undoers:
        if because != decision:
            withdraw(act.connection, because, act.by, act.at, act.why, undoes=True)
            claims |= settle(act.connection, [because])
        else:
            members = _together(act.connection, decision)
            made = [(member.id, member.one) for member in members]
            numbers = [*(member.id for member in members), *brought(act, made, back=False)]
            for number in numbers:
                act.connection.run(_FORGET, of=number)
            claims |= settle(act.connection, numbers)
            claims |= exchange(act, made, back=False)
    return act.done("restore", decision, claims)


def take_place(connection: Connection, decision: int, taken: Iterable[Decision]) -> None:
    """What was withdrawn for itself gave way to this decision: it stands again should that be undone."""
    for one in taken:
        connection.run(_FORGET, of=one.id)
        connection.run(_GIVE_WAY, decision=one.id, because=decision, undoes=False, holds=True)


def made_together(connection: Connection, decisions: Sequence[int]) -> None:
    """Of these none is undone without the others."""
    if len(decisions) > 1:
        connection.many(_JOIN, [{"decision": number, "first": decisions[0]} for number in decisions])


def settle(connection: Connection, decisions: Sequence[int]) -> set[str]:
    """Brings the decisions, and what they took the place of, in line with why they count or not; their claims."""
    claims, waiting = set[str](), list(decisions)
    while waiting:
        number = waiting.pop()
        why = connection.rows(_WHY, of=number, holding=True)
        _activate(connection, number, active=not why)
        in_force = not any(undoes for _, undoes in why)
        effects = connection.rows(_EFFECTS, of=number)
        if any(bool(holds) != in_force for _, holds in effects):
            connection.run(_SET_HOLDING, of=number, holding=in_force)
        waiting += [affected for affected, holds in effects if bool(holds) != in_force]
        claims |= {claim for one in _find_all(connection, [number]) for claim in (one.one, one.other)}
    return claims


def _part(act: Act, found: Found) -> int:
    """Every "same" between the two claims ends; the decision by which."""
    pair = {found.one, found.other}
    near = about(act.connection, [found.one])
    same = [found.id, *(one.id for one in near if one.kind == "same" and {one.one, one.other} == pair)]
    same = list(dict.fromkeys(same))
    evidence = {"undoes": found.id, "withdrew": same, "why": act.why}
    apart = decide(act.connection, "not_same", found.one, found.other, Ruling(act.by, act.at, evidence))
    for number in same:
        withdraw(act.connection, number, act.by, act.at, act.why, apart, undoes=True)
    act.touch(settle(act.connection, same))
    return apart


def _is_overruled(connection: Connection, decision: int) -> bool:
    """Not active only because others took its place: without those it would be."""
    why = connection.rows(_WHY, of=decision, holding=True)
    return bool(why) and not any(undoes or because == decision for because, undoes in why)


def _activate(connection: Connection, decision: int, *, active: bool) -> None:
    forget(connection)
    if connection.run(_ACTIVATE, of=decision, active=active) and active:
        connection.run(_CLEAR, of=decision, nobody=None)


def _together(connection: Connection, decision: int) -> list[Found]:
    """The decision with those made together with it."""
    return _find_all(connection, [decision, *(number for (number,) in connection.rows(_WITH, of=decision))])


def _find(connection: Connection, decision: int) -> Found:
    if found := _find_all(connection, [decision]):
        return found[0]
    raise NotFound("there is no decision {decision}", decision=decision)


def _find_all(connection: Connection, decisions: Sequence[int]) -> list[Found]:
    rows = connection.rows(_ONES, decisions=sorted(set(decisions)))
    return [Found(number, kind, one, other, bool(active)) for number, kind, one, other, active in rows]
