"""Whatever is merged and taken back, in whatever order, the record is what the decisions that stand say."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hub.database import open_database
from hub.errors import Refused
from hub.migrations import prepare
from hub.model import Link, Move, Replace, Resource, Unlink
from hub.model.update import Event
from hub.records.ids import claim_id
from hub.records.indexing import index_rows
from hub.records.json import decode
from tests.hub.feeding import Feeding, person, visit

NUMBERS = "12345"
PAIRS = st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)).filter(lambda pair: pair[0] != pair[1])

SOME = settings(max_examples=15, deadline=None, phases=[Phase.generate])
"""A history takes a third of a second on a disk, so a failing one is shown as it is, not made smaller."""


@contextmanager
def told_of_five() -> Iterator[Feeding]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database("sqlite:///hub.db", base=Path(folder))
        prepare(database)
        base = Feeding(database)
        try:
            base.tell_all(
                [base.message("a", person(number, f"张{number}"), visit(f"V{number}", number)) for number in NUMBERS]
            )
            yield base
        finally:
            database.close()


def merge(base: Feeding, survivor: str, retired: str) -> None:
    """The survivor's message; without a retired number it only names the survivor."""
    base.tell("a", person(survivor, f"张{survivor}"), merge=[person(retired)] if retired else [])


def state(base: Feeding) -> dict[str, Any]:
    """What can be read and found, without versions and times."""
    bodies = {}
    for type_, id_, belongs, body in base.sql("SELECT type, id, person, body FROM resource"):
        content = decode(body)
        del content["meta"]
        bodies[type_, id_] = (belongs, content)
    columns = {"search_token": "value", "search_string": "exact", "search_date": "low", "search_reference": "target"}
    found = {
        table: sorted(base.sql(f"SELECT type, id, x.name, x.{column} FROM resource JOIN {table} AS x USING (rid)"))
        for table, column in columns.items()
    }
    return {"persons": base.persons(), "bodies": bodies, "found": found}


@SOME
@given(merges=st.lists(PAIRS, max_size=6), data=st.data())
def test_undoing_in_any_order_leaves_what_the_other_merges_alone_would_make(
    merges: list[tuple[str, str]], data: st.DataObject
) -> None:
    with told_of_five() as base, told_of_five() as other:
        for survivor, retired in merges:
            merge(base, survivor, retired)
        decisions = base.sql("SELECT id, one, other FROM decision")
        undone = data.draw(st.permutations(decisions)) if decisions else []
        undone = undone[: data.draw(st.integers(0, len(undone)))]
        apart = set()
        for decision, one, two in undone:
            if frozenset((one, two)) not in apart:
                base.undo(decision)
                apart.add(frozenset((one, two)))
        for survivor, retired in merges:
            stands = frozenset((claim_id("a", survivor), claim_id("a", retired))) not in apart
            merge(other, survivor, retired if stands else "")
        assert state(base) == state(other)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("by hand"), PAIRS),
        st.tuples(st.just("split"), st.sets(st.sampled_from(NUMBERS), min_size=1, max_size=3)),
    ),
    max_size=6,
)


@SOME
@given(acts=ACTS, data=st.data())
def test_what_people_undo_leaves_no_trace_and_the_undo_none_either(acts: list[Any], data: st.DataObject) -> None:
    with told_of_five() as base:
        states: list[dict[str, Any]] = [state(base)]
        done: list[Any] = []
        for kind, what in acts:
            number = len(done)
            with suppress(Refused):
                done.append(_act(base, kind, what))
            if len(done) > number:
                states.append(state(base))
        undone = data.draw(st.integers(0, len(done)))
        for number in reversed(range(len(done) - undone, len(done))):
            base.undo(done[number])
            assert state(base) == states[number]
        for number in range(len(done) - undone, len(done)):
            base.restore(done[number])
            assert state(base) == states[number + 1]


def _act(base: Feeding, kind: str, what: Any) -> int:
    claims = [claim_id("a", number) for number in sorted(what)] if kind == "split" else [claim_id("a", n) for n in what]
    return (base.split(*claims) if kind == "split" else base.merge(*claims, overrule=True)).decision


LETTERS = st.sampled_from("xyz")
STEPS = st.one_of(
    st.tuples(st.just("merge"), PAIRS),
    st.tuples(st.sampled_from(["link", "unlink"]), PAIRS),
    st.tuples(st.sampled_from(["undo", "restore"]), st.integers(0, 20)),
    st.tuples(st.just("by hand"), PAIRS),
    st.tuples(st.just("split"), st.sets(st.sampled_from(NUMBERS), min_size=1, max_size=2)),
    st.tuples(st.just("visit"), st.tuples(st.sampled_from(NUMBERS), LETTERS)),
    st.tuples(st.just("move"), st.tuples(PAIRS, LETTERS)),
    st.tuples(st.just("replace"), st.tuples(st.sampled_from(NUMBERS), LETTERS, LETTERS)),
)


@SOME
@given(steps=st.lists(STEPS, max_size=12))
def test_after_every_history_subjects_persons_and_search_agree(steps: list[tuple[str, Any]]) -> None:
    with told_of_five() as base:
        for kind, what in steps:
            tell(base, kind, what)
        assert_consistent(base)


def tell(base: Feeding, kind: str, what: Any) -> None:
    def said(number: str, *resources: Resource, event: Event | None = None, **elements: str) -> None:
        base.tell("a", person(number, f"张{number}", **elements), *resources, events=[event] if event else [])

    match kind, what:
        case "merge", pair:
            merge(base, *pair)
        case "link", (one, other):
            said(one, event=Link(person(other)))
        case "unlink", (one, other):
            said(one, event=Unlink(person(other)))
        case "visit", (number, letter):
            said(number, visit(f"V-{letter}", number), result(f"R-{letter}", number, f"V-{letter}"), gender="male")
        case "move", ((one, other), letter):
            said(one, event=Move(("Encounter", f"V-{letter}"), since=person(other)))
        case "replace", (number, old, new):
            said(number, event=Replace("Encounter", f"V-{old}", f"V-{new}"))
        case _:
            with suppress(Refused):
                by_hand(base, kind, what)


def by_hand(base: Feeding, kind: str, what: Any) -> None:
    match kind, what:
        case (("by hand" | "split"), claims):
            _act(base, kind, claims)
        case back, at:
            if decisions := base.sql("SELECT id FROM decision ORDER BY id"):
                (base.undo if back == "undo" else base.restore)(decisions[at % len(decisions)][0])


def result(key: str, number: str, encounter: str) -> Resource:
    subject, of = {"reference": f"Patient/{number}"}, {"reference": f"Encounter/{encounter}"}
    return Resource(key, {"resourceType": "Observation", "status": "final", "subject": subject, "encounter": of})


def assert_consistent(base: Feeding) -> None:
    persons = base.persons()
    assert {persons[person_id] for person_id in persons.values()} == set(persons.values())
    assert components(base) == {
        frozenset(claim for claim, person_id in persons.items() if person_id == one) for one in persons.values()
    }
    assert dict(base.sql("SELECT claim, person FROM likeness")) == persons
    encounters = base.sql("SELECT id, body FROM resource WHERE type = 'Encounter'")
    standing = {f"Encounter/{id_}" for id_, body in encounters if decode(body)["status"] != "entered-in-error"}
    for rid, type_, id_, claim, belongs, body in base.sql("SELECT rid, type, id, claim, person, body FROM resource"):
        assert belongs == persons[claim]
        content = decode(body)
        if type_ != "Patient":
            assert content["subject"]["reference"] == f"Patient/{belongs}"
        if type_ == "Observation":
            assert content["encounter"]["reference"] in standing
        tokens = set(base.sql("SELECT name, value, system FROM search_token WHERE rid = :rid", rid=rid))
        strings = set(base.sql("SELECT name, value, exact FROM search_string WHERE rid = :rid", rid=rid))
        shown = type_ != "Patient" or id_ == belongs
        assert tokens == (index_rows(content).tokens if shown else set())
        assert strings == (index_rows(content).strings if shown else set())


def components(base: Feeding) -> set[frozenset[str]]:
    groups = {claim: {claim} for claim in base.persons()}
    for one, other in base.sql("SELECT one, other FROM decision WHERE kind = 'same' AND active = true"):
        joined = groups[one] | groups[other]
        for claim in joined:
            groups[claim] = joined
    return {frozenset(group) for group in groups.values()}
