"""Random corrections, by senders and by hand, among what feeds tell: each undone and restored, and all in any order.

``HUITONG_HISTORIES=10000`` runs that many; a few by default.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hub.errors import Refused
from hub.identity.correcting import correct
from hub.model import Correct
from hub.records.ids import claim_id
from tests.hub.feeding import Feeding, person, visit
from tests.hub.id_numbers import id_number
from tests.hub.identity.test_putting_back import everything, made
from tests.hub.identity.test_stateful import HISTORIES, RESIDENTS, SLOTS, VARIANTS, claim_of, new_base

NUMBERS = [*(number for *_, number in RESIDENTS if number), id_number(9)]
TOLD = st.lists(st.tuples(st.sampled_from(SLOTS), st.sampled_from(VARIANTS)), min_size=2, max_size=8)
BY_HAND = st.tuples(st.integers(0, 99), st.sampled_from(["wrong", "reissued"]), st.sampled_from([*NUMBERS, ""]))
BY_SENDER = st.tuples(st.integers(0, 99), st.sampled_from(["wrong", "reissued"]), st.sampled_from(NUMBERS))
pytestmark = pytest.mark.timeout(120 + HISTORIES * 5)

some = settings(max_examples=HISTORIES, deadline=None, phases=[Phase.generate])


@contextmanager
def heard(told: list[tuple[tuple[str, str], str]]) -> Iterator[tuple[Feeding, list[tuple[str, str]]]]:
    base, folder = new_base()
    try:
        for slot, variant in told:
            base.tell(slot[0], claim_of(slot, variant), visit(f"V{slot[1]}", slot[1]))
        yield base, list(dict.fromkeys(slot for slot, _ in told))
    finally:
        base.database.close()
        folder.cleanup()


def by_hand(base: Feeding, slot: tuple[str, str], kind: Any, new: str) -> int:
    return base.act(lambda act: correct(act, claim_id(*slot), Correct(kind, "", new))).decision


def by_sender(base: Feeding, slot: tuple[str, str], kind: Any, new: str) -> int | None:
    """Of the one number that it told so far."""
    claim = everything(base)["claims"][claim_id(*slot)]
    told = [one["value"] for one in claim.get("identifier", ()) if one.get("use") != "old"]
    if len(told) != 1 or told == [new]:
        return None
    event = Correct(kind, told[0], new)
    base.tell(slot[0], person(slot[1], claim["name"][0]["text"], new), events=[event])
    return made(base)


def without_notes(known: dict[str, Any]) -> None:
    """Of who spoke last, and the flags at other claims that it may have set."""
    del known["bodies"], known["found"]
    for claim in known["claims"].values():
        del claim["meta"]


def but_questions(known: dict[str, Any]) -> dict[str, Any]:
    """What an act takes apart is compared once more, and so is what its undo does: that may ask more than before."""
    return {name: said for name, said in known.items() if name != "asked"}


@some
@given(told=TOLD, acts=st.lists(st.one_of(BY_HAND, BY_SENDER), max_size=5), data=st.data())
def test_each_correction_is_undone_and_restored_exactly(told: Any, acts: list[Any], data: st.DataObject) -> None:
    with heard(told) as (base, slots):
        for at, kind, new in acts:
            before, decision = everything(base), None
            hand = not new or data.draw(st.booleans())
            with suppress(Refused):
                decision = (by_hand if hand else by_sender)(base, slots[at % len(slots)], kind, new)
            if decision is None:
                continue
            after = everything(base)
            base.undo(decision)
            now = everything(base)
            for state in (before, now) if not hand else ():
                without_notes(state)
            assert but_questions(now) == but_questions(before)
            base.restore(decision)
            assert but_questions(everything(base)) == but_questions(after)


@some
@given(told=TOLD, acts=st.lists(BY_HAND, min_size=2, max_size=5), data=st.data())
def test_corrections_by_hand_leave_no_trace_when_all_are_undone_in_any_order(
    told: Any, acts: list[Any], data: st.DataObject
) -> None:
    """But for those of one number, of which the later one goes first."""
    with heard(told) as (base, slots):
        before, done = everything(base), list[int]()
        for at, kind, new in acts:
            with suppress(Refused):
                done.append(by_hand(base, slots[at % len(slots)], kind, new))
        waiting = data.draw(st.permutations(done)) if done else []
        while waiting:
            left = []
            for decision in waiting:
                try:
                    base.undo(decision)
                except Refused:
                    left.append(decision)
            assert len(left) < len(waiting)
            waiting = left
        assert but_questions(everything(base)) == but_questions(before)
