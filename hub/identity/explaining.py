"""Why two Patient ids are one person or two: the decisions between them, else what comparing them says today."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from hub.database import Connection, Statement, any_of
from hub.identity.agreement import agree, numbers_of
from hub.identity.claims import Claims, Known
from hub.identity.columns import column, described, known_as, rows, thresholds, told
from hub.identity.graph import Component, Decision, between, component
from hub.identity.rules import Rules
from hub.identity.scoring import Candidate, Comparison, compare, judge
from hub.identity.twins import are_twins
from hub.model import Json
from hub.records import person_view
from hub.records.json import decode
from hub.records.person_view import Said
from hub.records.times import moment
from hub.schema import decision

_MADE = Statement(
    select(decision.c.id, decision.c.evidence, decision.c.decided_at).where(any_of(decision.c.id, "decisions"))
)


def explain(connection: Connection, one: str, other: str, rules: Rules) -> Json:
    """Of any two Patient ids, claims or persons. Raises ``NotFound``.

    ``path`` are the decisions that connect them, ``against`` those that part them; ``today`` is what the rules would
    make of the second one if it came now. Values are as the senders wrote them: for who may see them.
    """
    first, second = known_as(connection, [one, other])
    mine, theirs = component(connection, first.id), component(connection, second.id)
    joined = first.person == second.person
    path = _path(mine, first.id, second.id) if joined else []
    against = [] if joined else between(mine, theirs)
    claims = Claims(connection)
    pair, comparison = _nearest(claims.each(mine.claims), claims.each(theirs.claims), (first, second), rules, joined)
    return {
        "one": first.id,
        "other": second.id,
        "persons": [first.person, second.person],
        "same": joined,
        "path": _decisions(connection, path),
        "against": _decisions(connection, against),
        "claims": [column(known, rules) for known in pair],
        "fields": rows(pair, [comparison]),
        "compared": told(pair[0].id, pair[1].id, comparison),
        "today": _today(second, claims.each(mine.claims), claims.each(theirs.claims), rules, parted=bool(against)),
        "model": rules.model.version,
        "thresholds": thresholds(rules.model),
    }


def origins(connection: Connection, patient: str, rules: Rules) -> Json:
    """Of one Patient id: where each value of its person's common view comes from."""
    (known,) = known_as(connection, [patient])
    found = component(connection, known.id)
    claims = Claims(connection).each(found.claims)
    retired = found.retired - {known.person}
    said = [Said(one.id, one.feed, one.patient, one.recorded_at, one.id in retired, one.entry) for one in claims]
    view = person_view.compose(known.person, said, rules.verified, rules.survivorship)
    return {
        "person": known.person,
        "claims": [column(one, rules) for one in claims],
        "elements": [
            {
                "element": each.element,
                "place": each.place,
                "value": _of_view(view, each.element, each.place),
                "claim": each.claim,
                "feed": each.feed,
                "verified": each.verified,
                "recorded_at": moment(each.recorded_at),
                "message": each.entry,
                "before": each.before,
            }
            for each in person_view.origins(said, rules.verified, rules.survivorship)
        ],
    }


def _of_view(view: Json, element: str, place: int) -> object:
    if element in person_view.LISTED:
        values = view.get(element) or []
        return values[place] if place < len(values) else None
    return {key: value for key, value in view.items() if key.lstrip("_").startswith(element)}


def _nearest(
    ones: Sequence[Known], others: Sequence[Known], asked: tuple[Known, Known], rules: Rules, joined: bool
) -> tuple[tuple[Known, Known], Comparison]:
    """The pair of claims that are most alike; of one person, and of claims named, those that were asked about."""
    if joined or asked[0].id != asked[0].person or asked[1].id != asked[1].person:
        ones, others = asked[:1], asked[1:]
    forms = described((*ones, *others))
    pairs = [((one, other), compare(forms[one.id], forms[other.id], rules.model)) for one in ones for other in others]
    return max(pairs, key=lambda pair: pair[1].bits)


def _path(whole: Component, start: str, end: str) -> list[Decision]:
    """The fewest decisions that connect the two."""
    ways: list[tuple[str, list[Decision]]] = [(start, [])]
    seen = {start}
    for at, way in ways:
        if at == end:
            return way
        for found in whole.decisions:
            if found.kind == "same" and at in (found.one, found.other):
                next_ = found.other if at == found.one else found.one
                if next_ not in seen:
                    seen.add(next_)
                    ways.append((next_, [*way, found]))
    return []


def _decisions(connection: Connection, found: Sequence[Decision]) -> list[Json]:
    made = {number: (decode(evidence), at) for number, evidence, at in
            connection.rows(_MADE, decisions=[one.id for one in found])} if found else {}  # fmt: skip
    return [
        {
            "decision": one.id,
            "kind": one.kind,
            "claims": [one.one, one.other],
            "by": one.by,
            "decided_at": moment(made[one.id][1]),
            "message": one.entry,
            "evidence": made[one.id][0],
        }
        for one in found
    ]


def _today(known: Known, others: Sequence[Known], own: Sequence[Known], rules: Rules, *, parted: bool) -> Json:
    """What would come of the claim beside these of one person, all others left out; ``own`` are its person's."""
    if parted:
        return {"verdict": "new", "why": "decided_apart"}
    holders = [one for one in others if one.id != known.id]
    forms = described((*holders, known))
    shared = [one for one in holders if numbers_of(forms[one.id]) & numbers_of(forms[known.id])]
    agreements = [agree(forms[known.id], forms[one.id], rules.model) for one in shared]
    if agreements and all(not one.opposed for one in agreements) and any(one.same for one in agreements):
        return {"verdict": "same", "why": "number"}
    candidates = [Candidate(one.id, one.person, forms[one.id]) for one in holders]
    judgement = judge(forms[known.id], candidates, rules.model)
    if agreements and judgement.verdict == "new":
        return {"verdict": "ask", "why": "number_contradicted"}
    if judgement.verdict == "ask" and are_twins(
        described(own).values(), [forms[one.id] for one in holders], rules.model
    ):
        return {"verdict": "new", "why": "two_id_numbers"}
    return {"verdict": judgement.verdict, "why": judgement.why}
