"""The sandbox's hospital and receiver over real sockets: seeded, paced, honest about what it was answered."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest

from hub import id_number_fault
from hub.sandbox.day import Day
from hub.sandbox.facts import Join, Letter, Seen, Truth
from hub.sandbox.faults import FAMILIES, KINDS, Shot
from hub.sandbox.line import Target
from hub.sandbox.plan import Plan
from hub.sandbox.receiver import WAYS, Heard, Receiver
from hub.sandbox.sending import play, shots
from hub.sandbox.tally import Tally

HOST = "127.0.0.1"
EVERYTHING = Plan(400, faults=frozenset(FAMILIES), share=0.2)


@contextmanager
def receiving(answer: str = "AA", port: int = 0) -> Iterator[tuple[int, Heard]]:
    """A receiver in a thread of its own; its port, and what it heard."""
    receiver = Receiver(answer, 7, lambda *_: None)
    loop = asyncio.new_event_loop()
    _, free = loop.run_until_complete(receiver.open(HOST, port))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield free, receiver.heard
    finally:
        asyncio.run_coroutine_threadsafe(receiver.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def sent(plan: Plan, port: int, answer_s: float = 10) -> Tally:
    tally = Tally()
    play(plan, Target(HOST, port, answer_s=answer_s), tally, lambda _: None)
    return tally


def wires(plan: Plan) -> list[bytes]:
    return [shot.wire for shot in shots(plan)]


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    assert wires(EVERYTHING) == wires(EVERYTHING)
    assert wires(EVERYTHING) != wires(replace(EVERYTHING, seed=8))


def test_a_day_has_every_kind_of_message() -> None:
    kinds = {letter.kind for letter in islice(Day(7, 200, FAMILIES, 0.05).letters(), 2000)}
    expected = "ADT^A01 ADT^A02 ADT^A03 ADT^A04 ADT^A08 ADT^A24 ADT^A37 ADT^A40 OML^O21 ORU^R01 RDE^O11 SIU^S12 SIU^S15"
    assert kinds >= {*expected.split(), "SIU^S26", "VXU^V04", "MDM^T02", "DFT^P03"}


def test_a_story_is_told_in_order() -> None:
    """By the hospital's clock, and nothing happens in a visit before somebody has arrived."""
    letters = list(islice(Day(7, 50).letters(), 1000))
    assert [letter.at for letter in letters] == sorted(letter.at for letter in letters)
    arrived: set[str] = set()
    for letter in letters:
        visits = {field.split("^")[0] for line in segments(letter) if line[0] == "PV1" for field in line[19:20]}
        if letter.kind in {"ADT^A01", "ADT^A04"}:
            arrived |= visits
        assert visits <= arrived


def test_the_people_have_sound_id_numbers_of_nowhere() -> None:
    letters = islice(Day(7, 300).letters(), 1000)
    people = {fact.resident for letter in letters for fact in letter.facts if isinstance(fact, Seen)}
    assert len({one.id_number for one in people}) == len(people)
    assert {(id_number_fault(one.id_number), one.id_number[:2]) for one in people} == {(None, "99")}


def test_without_faults_nothing_is_wrong() -> None:
    assert {(shot.fault, shot.expected, shot.drops) for shot in shots(Plan(300))} == {("", "accepted", False)}


def test_every_fault_comes_before_one_comes_twice_and_as_often_as_it_was_asked_for() -> None:
    found = Counter(shot.fault for shot in shots(replace(EVERYTHING, messages=2_000)) if shot.fault)
    assert found.keys() == {kind for kinds in KINDS.values() for kind in kinds}
    assert max(found.values()) - min(found.values()) <= 6
    assert 300 < found.total() < 500


def test_each_fault_is_what_its_name_says() -> None:
    for shot in shots(EVERYTHING):
        letter = shot.letter.payload
        match shot.fault:
            case "gb18030":
                assert body(shot).decode("gb18030").split("\r")[0].endswith("|GB 18030-2000")
            case "gb18030_as_utf8":
                assert body(shot).decode("gb18030") == letter.decode()
            case "utf8_undeclared":
                assert body(shot).decode() == letter.decode().replace("UNICODE UTF-8", "", 1)
            case "no_end" | "cut_short":
                assert b"\x1c" not in shot.wire
            case "two_in_one":
                assert body(shot).count(b"MSH|") == 2
            case "garbage":
                assert shot.wire.endswith(b"\x0b" + letter + b"\x1c\r")
                assert not shot.wire.startswith(b"\x0b")


def test_a_message_that_is_overtaken_comes_after_a_later_one_of_the_same_person() -> None:
    order = [shot.letter for shot in shots(EVERYTHING) if shot.fault in {"", "overtaken"}]
    late = [shot.letter for shot in shots(EVERYTHING) if shot.fault == "overtaken"]
    for letter in late:
        before = [one for one in order[: order.index(letter)] if one.person == letter.person and one.at > letter.at]
        after = [one for one in order[order.index(letter) :] if one.person == letter.person and one.at > letter.at]
        assert before or not after


# --- the truth --------------------------------------------------------------------------------------------------------


def test_the_truth_does_not_depend_on_the_order() -> None:
    letters = list(islice(Day(7, 100, FAMILIES, 0.2).letters(), 500))
    assert truth(letters) == truth(letters[::-1])


def test_numbers_that_are_joined_are_one_person_and_two_again_when_they_are_not() -> None:
    letters = list(islice(Day(7, 100, ("merges",), 0.2).letters(), 500))
    said = truth(letters)
    joined = {fact.other for letter in letters for fact in letter.facts if isinstance(fact, Join)}
    apart = {fact.other for letter in letters for fact in letter.facts if isinstance(fact, Join) and fact.apart}
    assert apart
    assert {other for one in said for other in one["numbers"][1:]} == joined - apart


def test_a_late_correction_is_the_truth() -> None:
    letters = list(islice(Day(7, 100, ("late",), 0.2).letters(), 500))
    corrections = [letter for letter in letters if b"|||C|||" in letter.payload]
    assert corrections
    (person,) = (one for one in truth(letters) if corrections[-1].person in one["numbers"])
    values = [line[5] for line in segments(corrections[-1]) if line[0] == "OBX"]
    assert set(values) <= set(person["has"]["Observation"].values())


def truth(letters: list[Letter]) -> list[dict[str, Any]]:
    known = Truth()
    for letter in letters:
        known.learn(letter)
    return sorted(known.told(), key=lambda one: one["numbers"])


def body(shot: Shot) -> bytes:
    return shot.wire.removeprefix(b"\x0b").removesuffix(b"\x1c\r")


def segments(letter: Letter) -> list[list[str]]:
    return [line.split("|") for line in letter.payload.decode().split("\r")]


# --- over the wire ----------------------------------------------------------------------------------------------------


def test_the_rate_is_kept_or_what_it_fell_behind_is_said() -> None:
    with receiving() as (port, heard):
        tally = sent(Plan(100, rate=200), port)
    assert heard.messages == tally.answers["AA"] == 100
    due = 99 / 200
    assert due <= tally.seconds <= due + max(tally.behind_s) + 0.01
    assert len(tally.answer_s) == 100


def test_a_connection_that_is_lost_on_purpose_loses_nothing() -> None:
    plan = Plan(200, rate=2_000, connections=3, faults=frozenset({"frames"}), share=0.2)
    with receiving() as (port, heard):
        tally = sent(plan, port)
    dropped = sum(fault == "dropped" for fault, _, _ in tally.faults)
    assert dropped
    assert tally.connected == 3 + dropped
    assert tally.answers["none"] == 0
    assert heard.messages >= 200


@pytest.mark.parametrize("code", ["AE", "AR"])
def test_what_is_refused_is_not_in_the_truth(code: str) -> None:
    with receiving(code) as (port, _):
        tally = sent(Plan(20, rate=1_000), port)
    assert tally.answers == {code: 20}
    assert len(tally.unexpected) == 20
    assert tally.truth.summary() == {"Patient": 0}


def test_silence_is_counted_when_its_time_is_up() -> None:
    with receiving("silence") as (port, heard):
        tally = sent(Plan(5, rate=1_000), port, answer_s=0.3)
    assert (heard.messages, tally.answers) == (5, {"none": 5})


def test_a_message_over_which_the_receiver_hangs_up_each_time_is_given_up() -> None:
    with receiving("cut") as (port, heard):
        tally = sent(Plan(3, rate=1_000), port)
    assert tally.answers == {"none": 3}
    assert (heard.messages, heard.again) == (9, 6)


def test_a_receiver_of_mixed_temper_does_everything_and_mostly_well() -> None:
    with receiving("mixed") as (port, heard):
        tally = sent(Plan(150, rate=3_000), port, answer_s=0.5)
    assert heard.ways.keys() == set(WAYS)
    assert heard.ways.most_common(1)[0][0] == "AA"
    assert tally.answers.total() == 150
