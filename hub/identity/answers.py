"""What people answer about persons: decisions, a closed question, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Literal

from sqlalchemy import select

from hub.config import HubConfig
from hub.database import Connection, Database, Statement, any_of
from hub.errors import Refused
from hub.identity.acting import Act
from hub.identity.changes import Persons
from hub.identity.graph import Decision, between, decide, withdraw
from hub.identity.holding import of_two
from hub.identity.rules import rules_of
from hub.identity.settled import BLOCKED, KINDS
from hub.identity.splitting import part_off
from hub.identity.undoing import settle
from hub.model import Json
from hub.records.times import SHANGHAI, micros
from hub.review import UNDONE, Review, answers, at_once, close, note, postpone, reopen, shown
from hub.schema import decision, together

Verdict = Literal["same", "not_same", "later", "keep"]
LOOKED = "somebody looked at both"
USUAL_DELAY = timedelta(days=7)

_WITH = Statement(
    select(together.c.decision).where(
        together.c.first.in_(select(together.c.first).where(any_of(together.c.decision, "decisions")))
    )
)
_IN_FORCE = Statement(select(decision.c.id).where(any_of(decision.c.id, "decisions"), decision.c.active))


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody answers."""

    verdict: Verdict
    why: str
    claims: tuple[str, ...] = ()
    """Of a question among several: which are meant."""
    until: int = 0
    """In microseconds: when it is asked again."""
    overrule: bool = False
    """They are the same also against what a person decided, and with two ID numbers."""

    def kept(self, decisions: Sequence[int] = ()) -> Json:
        return {"verdict": self.verdict, "why": self.why, "claims": self.claims, "until": self.until,
                "decisions": decisions}  # fmt: skip


class IdentityAnswers:
    """Operations on the kinds of reviews that identity asks; each answer can be taken back."""

    def __init__(self, database: Database, config: Callable[[], HubConfig]) -> None:
        self._database = database
        self._config = config

    @property
    def operations(self) -> dict[str, Callable[..., Json]]:
        return {"decide_identity": self.decide, "undo_identity": self.undo}

    def decide(  # noqa: PLR0913, PLR0917 - as many as an answer has parts
        self,
        by: str,
        review: int,
        verdict: Verdict,
        why: str,
        claims: Sequence[str] = (),
        until: str = "",
        *,
        overrule: bool = False,
    ) -> Json:
        """``until`` is a date, ``YYYY-MM-DD``, for later. Raises ``NotFound``, and ``Refused``.

        ``overrule``: the same also where a person decided otherwise, or each has an ID number of their own.
        """
        said = Said(verdict, why.strip(), tuple(claims), _moment(until) if verdict == "later" else 0, overrule)
        if verdict == "later":
            return self._database.serially(lambda connection: put_off(connection, by, review, said))
        rules = rules_of(self._config())
        return self._database.serially(lambda connection: answer(Act(connection, by, why, rules), review, said))

    def undo(self, by: str, review: int, why: str) -> Json:
        """Takes the last answer back as if it had never been given; the question is open again."""
        rules = rules_of(self._config())
        return self._database.serially(lambda connection: take_back(Act(connection, by, why, rules), review))


def put_off(connection: Connection, by: str, number: int, said: Said) -> Json:
    """Decides nothing, so that no reason is needed."""
    _unanswered(connection, number)
    postpone(connection, number, said.until)
    note(connection, number, by, said.kept())
    return _told(connection, number)


def answer(act: Act, number: int, said: Said) -> Json:
    """Now: of what is put off see ``put_off``."""
    found = _unanswered(act.connection, number)
    if said.verdict == "keep":
        close(act.connection, number, found.status, act.by, said.kept())
        return _told(act.connection, number)
    named = _named(found, said)
    made = _join(act, named, found.kind, said) if said.verdict == "same" else _part(act, _pairs(found, named))
    if set(named) == set(found.claims):
        close(act.connection, number, found.status, act.by, said.kept(made))
    else:
        note(act.connection, number, act.by, said.kept(made))
    done = act.done("answer", made[0], named)
    return _told(act.connection, number, made, done.persons)


def take_back(act: Act, number: int) -> Json:
    """The last answer that somebody gave and nobody has taken back."""
    found = _asked(act.connection, number)
    given: list[Json] = []
    for one in answers(act.connection, number):
        if "verdict" in one.said:
            given.append(one.said)
        elif UNDONE in one.said and given:
            given.pop()
    said = given[-1] if given else {}
    made = said.get("decisions", [])
    if not said or len(act.connection.rows(_IN_FORCE, decisions=made)) < len(made):
        raise Refused("review {review} has no answer to take back", review=number)
    at_once(act.connection, number)
    reopen(act.connection, found.id)
    note(act.connection, number, act.by, {UNDONE: act.why.strip()})
    if not made:
        return _told(act.connection, number)
    done = act.done("undo", made[0], _revoke(act, made))
    return _told(act.connection, number, made, done.persons)


def _asked(connection: Connection, number: int) -> Review:
    found = shown(connection, number)
    if found.kind not in KINDS:
        raise Refused("review {review} is of kind {kind}, which is not answered here",
                      review=number, kind=found.kind)  # fmt: skip
    return found


def _unanswered(connection: Connection, number: int) -> Review:
    found = _asked(connection, number)
    if found.status == "closed":
        raise Refused("review {review} is answered already; hub review undo takes the answer back", review=number)
    return found


def _named(found: Review, said: Said) -> tuple[str, ...]:
    """The claims that are meant; at least two."""
    if len(found.claims) < 2:
        raise Refused("review {review} is about one number alone; say why it is kept as it is", review=found.id)
    if strange := [claim for claim in said.claims if claim not in found.claims]:
        raise Refused("review {review} is not about Patient/{id}", review=found.id, id=strange[0])
    named = tuple(dict.fromkeys(said.claims)) or found.claims
    if len(named) < 2 or (said.verdict == "same" and len(found.claims) > 2 and not said.claims):
        raise Refused("review {review} is about {count} claims; name those that are one, two or more",
                      review=found.id, count=len(found.claims))  # fmt: skip
    return named


def _pairs(found: Review, named: Sequence[str]) -> list[tuple[str, str]]:
    """Who is not who: of all, the first and each other, for that was the question; of some, each and each."""
    if set(named) == set(found.claims):
        return [(found.claims[0], other) for other in found.claims[1:]]
    return list(combinations(named, 2))


def _join(act: Act, named: Sequence[str], kind: str, said: Said) -> list[int]:
    first, *others = (act.known(claim).id for claim in named)
    return [_same(act, first, other, kind, said) for other in others]


def _same(act: Act, one: str, other: str, kind: str, answered: Said) -> int:
    """What rules and senders said to the contrary is overruled; what a person said where just that is the question.

    Else, and of two with an ID number each, only if that is said too: ``Refused``.
    """
    mine, theirs = act.around(act.known(one)), act.around(act.known(other))
    against = between(mine, theirs)
    said = [found.id for found in against if found.of_person]
    if said and kind not in BLOCKED and not answered.overrule:
        raise Refused(
            "a person decided that they are not the same (decision {decisions}); say that it is to be overruled",
            decisions=", ".join(map(str, said)),
        )
    two = one not in theirs.claims and of_two(act.claims.each(mine.claims), act.claims.each(theirs.claims))
    if two and not answered.overrule:
        raise Refused("each of them has an ID number of their own, both sound; say that this is to be overruled")
    made = decide(act.connection, "same", one, other, act.ruling(LOOKED, overruled=[found.id for found in against]))
    for found in against:
        withdraw(act.connection, found.id, act.by, act.at, act.why, made)
    return made


def _part(act: Act, pairs: Iterable[tuple[str, str]]) -> list[int]:
    made: list[int] = []
    for one, other in pairs:
        whole = act.around(act.known(one))
        if act.known(other).id not in whole.claims:
            made.append(decide(act.connection, "not_same", one, other, act.ruling(LOOKED)))
            continue
        ties = [found for found in whole.decisions if found.kind == "same" and {found.one, found.other} != {one, other}]
        side = _reached(other, ties)
        made.append(part_off(act, sorted(side if one not in side else {other})).decision)
    return made


def _reached(claim: str, ties: Iterable[Decision]) -> frozenset[str]:
    """What these decisions connect the claim with, itself included."""
    pairs = [{tie.one, tie.other} for tie in ties]
    reached = {claim}
    while near := {one for pair in pairs if pair & reached for one in pair} - reached:
        reached |= near
    return frozenset(reached)


def _revoke(act: Act, decisions: Sequence[int]) -> set[str]:
    """As if they had never been, with those made together with them; the claims that they were about."""
    numbers = sorted({*decisions, *(number for (number,) in act.connection.rows(_WITH, decisions=decisions))})
    for number in numbers:
        withdraw(act.connection, number, act.by, act.at, act.why, undoes=True)
    return settle(act.connection, numbers)


def _told(connection: Connection, number: int, decisions: Sequence[int] = (), persons: Persons | None = None) -> Json:
    moved = {claim: {"before": before, "after": after} for claim, (before, after) in sorted((persons or {}).items())}
    return {
        "review": number,
        "status": shown(connection, number).status,
        "decisions": list(decisions),
        "persons": moved,
    }


def _moment(until: str) -> int:
    """The first microsecond of that day in Shanghai; without one, in a week."""
    today = datetime.now(SHANGHAI).date()
    try:
        day = date.fromisoformat(until) if until else today + USUAL_DELAY
    except ValueError:
        raise Refused("{given} is no date; write it as 2026-01-31", given=until) from None
    if day <= today:
        raise Refused("{given} is not in the future", given=until)
    return micros(datetime.combine(day, time(), SHANGHAI))
