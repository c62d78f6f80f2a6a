"""Corrections undone and restored: by a message, and by hand; all that they changed comes back."""

from __future__ import annotations

from typing import Any

import pytest

from hub.errors import Refused
from hub.identity.acting import Done
from hub.identity.correcting import correct
from hub.identity.rules import Rules
from hub.model import Correct
from hub.records.ids import claim_id
from hub.records.json import decode
from tests.hub.feeding import CARD, ID, LI, ZHANG, Feeding, person, visit
from tests.hub.id_numbers import id_number
from tests.hub.identity.test_histories import state

POLICE, HOSPITAL, CLINIC = claim_id("police", "P1"), claim_id("hospital", "7"), claim_id("clinic", "9")
NEW, OTHER = LI, id_number(7)
WRONG, REISSUED, NAMED = Correct("wrong", ZHANG, NEW), Correct("reissued", ZHANG, NEW), Correct("name", "张三", "张珊")


@pytest.fixture
def known(base: Feeding) -> Feeding:
    base.rules = Rules(verified=frozenset({"police"}))  # so that who spoke last changes nothing
    base.tell("police", person("P1", "张三", ZHANG))
    base.tell("hospital", person("7", "张三", ZHANG), visit("V1", "7"))
    return base


def everything(base: Feeding) -> dict[str, Any]:
    """What can be read and found, by what claims are compared and found, and what is asked."""
    claims = {}
    for id_, patient in base.sql("SELECT id, patient FROM claim"):
        told = decode(patient)
        told["meta"] = told.get("meta", {}).get("tag", [])
        claims[id_] = told
    return state(base) | {
        "claims": claims,
        "numbers": sorted(base.sql("SELECT claim, system, value FROM claim_identifier")),
        "forms": sorted((claim, bytes(form)) for claim, form in base.sql("SELECT claim, form FROM likeness")),
        "keys": sorted(base.sql("SELECT claim, key FROM block_key JOIN likeness ON number = likeness")),
        "asked": sorted((one.kind, *one.claims) for one in base.reviews() if one.status != "closed"),
        "ties": sorted(base.sql("SELECT kind, one, other FROM decision WHERE active AND kind <> 'correct'")),
    }


def made(base: Feeding) -> int:
    return int(base.sql("SELECT max(id) FROM decision WHERE kind = 'correct'")[0][0])


def by_hand(base: Feeding, claim: str, kind: Any, new: str, *whose: str) -> Done:
    """``whose``: the number that is wrong, and its system."""
    old, system = (*whose, "", "")[:2]
    return base.act(lambda act: correct(act, claim, Correct(kind, old, new, system)))


def numbers(base: Feeding, feed: str, number: str) -> list[tuple[str, str | None]]:
    return [(one["value"], one.get("use")) for one in base.patient(feed, number).get("identifier", ())]


def undone_and_restored(base: Feeding, before: dict[str, Any], decision: int) -> None:
    after = everything(base)
    assert after != before
    for _ in range(2):
        base.undo(decision)
        assert everything(base) == before
        base.restore(decision)
        assert everything(base) == after


@pytest.mark.parametrize("correction", [WRONG, REISSUED])
def test_undoing_a_senders_correction_brings_back_its_own_number(known: Feeding, correction: Correct) -> None:
    before = everything(known)
    known.tell("police", person("P1", "张三", NEW), events=[correction])
    undone_and_restored(known, before, made(known))


def test_what_a_person_holds_together_is_asked_about_once_however_often_it_is_restored(base: Feeding) -> None:
    base.rules = Rules(verified=frozenset({"police"}))
    base.tell("police", person("P1", "张三", ZHANG))
    base.tell("hospital", person("7", "李四", ZHANG))
    base.merge(POLICE, HOSPITAL)
    before = everything(base)
    base.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    undone_and_restored(base, before, made(base))


def test_undoing_a_former_name_brings_back_the_name(known: Feeding) -> None:
    before = everything(known)
    known.tell("police", person("P1", "张珊", ZHANG), events=[NAMED])
    undone_and_restored(known, before, made(known))


def test_whom_the_new_number_joined_goes_with_it_and_comes_back_with_it(known: Feeding) -> None:
    known.tell("clinic", person("9", "张三", NEW), visit("V2", "9"))
    assert known.person_of("clinic", "9") == CLINIC
    before = everything(known)
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    assert known.person_of("clinic", "9") == POLICE
    undone_and_restored(known, before, made(known))


def test_what_the_new_number_asks_ends_with_it(known: Feeding) -> None:
    known.tell("clinic", person("9", "王五", NEW, gender="female", birthDate="1985-11-23"))
    before = everything(known)
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    assert ("identity_contradiction" in {one.kind for one in known.reviews()}) or len(
        set(known.persons().values())
    ) == 2
    undone_and_restored(known, before, made(known))


def test_two_claims_a_registry_keys_by_their_numbers_are_two_again(base: Feeding) -> None:
    base.tell("police", person(ZHANG, "张三", ZHANG))
    base.tell("police", person(NEW, "张三", NEW), events=[WRONG])
    base.undo(made(base))
    assert base.persons() == {claim_id("police", one): claim_id("police", one) for one in (ZHANG, NEW)}
    assert numbers(base, "police", NEW) == [(NEW, None)]
    assert base.patient("police", ZHANG).get("active") is not False
    base.restore(made(base))
    assert len(set(base.persons().values())) == 1


def test_a_childs_ward_number_of_its_mother_follows_her_numbers(known: Feeding) -> None:
    mother = {"url": "urn:hub:mother", "valueIdentifier": {"system": ID, "value": NEW}}
    known.tell("ward", person("B1", "张三之子", extension=[mother], birthDate="2024-05-01"))
    before = everything(known)
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    undone_and_restored(known, before, made(known))


def test_a_child_finds_its_mother_by_a_number_put_right_by_hand_and_loses_her_with_it(known: Feeding) -> None:
    mother = {"url": "urn:hub:mother", "valueIdentifier": {"system": ID, "value": NEW}}
    known.tell("ward", person("B1", "张三之子", extension=[mother], birthDate="2024-05-01"))
    before = everything(known)
    done = by_hand(known, HOSPITAL, "wrong", NEW)
    assert ("mother_of", HOSPITAL, claim_id("ward", "B1")) in everything(known)["ties"]
    undone_and_restored(known, before, done.decision)


def test_an_undone_correction_stays_undone_whatever_its_sender_repeats(known: Feeding) -> None:
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    known.undo(made(known))
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    known.tell("police", person("P1", "张三", NEW, gender="male"))
    assert numbers(known, "police", "P1") == [(ZHANG, None)]
    known.tell("police", person("P1", "张三", OTHER))
    assert OTHER in {value for value, _ in numbers(known, "police", "P1")}


def test_what_the_sender_told_since_stays_when_the_correction_goes(known: Feeding) -> None:
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    card = {"system": CARD, "value": "C12345678"}
    known.tell("police", person("P1", "张三", identifier=[{"system": ID, "value": NEW}, card], gender="male"))
    known.undo(made(known))
    assert numbers(known, "police", "P1") == [(ZHANG, None), ("C12345678", None)]
    assert known.patient("police", "P1")["gender"] == "male"


def test_undoing_either_half_of_a_number_issued_twice_takes_back_both(known: Feeding) -> None:
    before = everything(known)
    known.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    [(parted,)] = known.sql("SELECT id FROM decision WHERE kind = 'not_same'")
    undone_and_restored(known, before, parted)


@pytest.mark.parametrize("kind", ["wrong", "reissued"])
def test_a_number_put_right_by_hand_can_be_had_back(known: Feeding, kind: str) -> None:
    before = everything(known)
    done = by_hand(known, HOSPITAL, kind, NEW)
    undone_and_restored(known, before, done.decision)


def test_a_wrong_number_by_hand_stays_the_persons_and_one_issued_twice_does_not(known: Feeding) -> None:
    done = by_hand(known, HOSPITAL, "wrong", NEW)
    assert known.persons() == {POLICE: POLICE, HOSPITAL: POLICE}
    assert numbers(known, "hospital", "7") == [(NEW, None), (ZHANG, "old")]
    known.undo(done.decision)
    by_hand(known, HOSPITAL, "reissued", NEW)
    assert known.persons() == {POLICE: POLICE, HOSPITAL: HOSPITAL}
    assert numbers(known, "hospital", "7") == [(NEW, None)]
    assert known.body("Encounter", "hospital", "V1")["subject"]["reference"] == f"Patient/{HOSPITAL}"
    assert [one.kind for one in known.reviews() if one.status != "closed"] == []


def test_another_persons_number_is_taken_away_where_the_own_one_is_not_known(known: Feeding) -> None:
    before = everything(known)
    done = by_hand(known, HOSPITAL, "reissued", "")
    assert numbers(known, "hospital", "7") == []
    known.tell("hospital", person("7", "张三", ZHANG, gender="male"))
    assert known.person_of("hospital", "7") == HOSPITAL
    assert "identifier" not in known.patient("hospital", "7")
    known.undo(done.decision)
    known.tell("hospital", person("7", "张三", ZHANG, gender=None))
    assert everything(known) == before


def test_a_relatives_number_that_is_put_right_by_hand_is_no_longer_lent(base: Feeding) -> None:
    home = {"telecom": [{"system": "phone", "value": "13800000007"}], "address": [{"text": "试验市东街1号"}]}
    wife = {"gender": "female", "birthDate": "1985-11-23", **home}
    base.tell("police", person("P1", "张国强", ZHANG, gender="male", birthDate="1990-03-07", **home))
    base.tell("clinic", person("9", "李秀英", LI, **wife))
    base.tell("hospital", person("7", "李秀英", ZHANG, **wife))
    assert base.person_of("hospital", "7") == CLINIC
    before = everything(base)
    done = by_hand(base, HOSPITAL, "reissued", LI)
    assert "relatives_id" not in str(everything(base)["claims"][HOSPITAL])
    assert base.person_of("hospital", "7") == CLINIC
    undone_and_restored(base, before, done.decision)


def test_what_was_put_right_by_hand_is_right_whatever_the_sender_repeats(known: Feeding) -> None:
    by_hand(known, HOSPITAL, "wrong", NEW)
    known.tell("hospital", person("7", "张三", ZHANG, gender="male"))
    assert numbers(known, "hospital", "7") == [(NEW, None), (ZHANG, "old")]
    known.tell("hospital", person("7", "张三", OTHER))
    assert numbers(known, "hospital", "7") == [(OTHER, None), (ZHANG, "old")]


def test_a_name_put_right_by_hand_can_be_had_back(known: Feeding) -> None:
    before = everything(known)
    done = by_hand(known, HOSPITAL, "name", "张珊")
    known.tell("hospital", person("7", "张三", ZHANG))
    assert known.patient("hospital", "7")["name"] == [{"text": "张珊"}, {"text": "张三", "use": "old"}]
    undone_and_restored(known, before, done.decision)


def test_one_number_of_several_is_put_right_in_its_place(base: Feeding) -> None:
    card, second = {"system": CARD, "value": "C12345678"}, {"system": CARD, "value": "C87654321"}
    base.tell("hospital", person("7", "张三", identifier=[card, {"system": ID, "value": ZHANG}, second]))
    before = everything(base)
    done = by_hand(base, HOSPITAL, "wrong", "C11112222", "C87654321", CARD)
    assert numbers(base, "hospital", "7") == [
        ("C12345678", None), (ZHANG, None), ("C11112222", None), ("C87654321", "old"),
    ]  # fmt: skip
    undone_and_restored(base, before, done.decision)


def test_corrections_of_one_number_go_back_one_after_the_other(known: Feeding) -> None:
    before = everything(known)
    first = by_hand(known, HOSPITAL, "wrong", NEW)
    second = by_hand(known, HOSPITAL, "wrong", OTHER)
    with pytest.raises(Refused, match=str(second.decision)):
        known.undo(first.decision)
    known.undo(second.decision)
    known.undo(first.decision)
    assert everything(known) == before


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [("wrong", "", ""), ("wrong", "", "990101199003070016"), ("wrong", OTHER, NEW), ("name", "李四", "张珊")],
)
def test_what_cannot_be_put_right_is_refused(known: Feeding, kind: str, old: str, new: str) -> None:
    before = everything(known)
    with pytest.raises(Refused):
        by_hand(known, HOSPITAL, kind, new, old)
    assert everything(known) == before


def test_who_put_it_right_why_and_when_is_in_the_history(known: Feeding) -> None:
    done = by_hand(known, HOSPITAL, "reissued", NEW)
    [(by, evidence)] = known.sql("SELECT decided_by, evidence FROM decision WHERE id = :id", id=done.decision)
    assert by == "a.person"
    assert {"what": "reissued", "why": "looked at both"}.items() <= decode(evidence).items()
    assert ZHANG not in evidence
    assert NEW not in evidence
    [(kind,)] = known.sql("SELECT kind FROM identity_change WHERE decision = :id", id=done.decision)
    assert kind == "correct"
