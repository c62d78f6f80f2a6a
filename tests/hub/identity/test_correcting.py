"""What the police put right: a wrong number, a number issued twice, a former name."""

from __future__ import annotations

from typing import Any

import pytest

from hub.model import Correct
from hub.records.ids import claim_id
from tests.hub.feeding import ID, LI, ZHANG, Feeding, person, visit
from tests.hub.identity.test_histories import state

POLICE, HOSPITAL, CLINIC = claim_id("police", "P1"), claim_id("hospital", "7"), claim_id("clinic", "9")
NEW = LI
WRONG, REISSUED = Correct("wrong", ZHANG, NEW), Correct("reissued", ZHANG, NEW)


@pytest.fixture
def known(base: Feeding) -> Feeding:
    """One person by rule, with a visit at a hospital under the number that is put right."""
    base.tell("police", person("P1", "张三", ZHANG))
    base.tell("hospital", person("7", "张三", ZHANG), visit("V1", "7"))
    assert base.persons() == {POLICE: POLICE, HOSPITAL: POLICE}
    return base


def subject(base: Feeding) -> Any:
    return base.body("Encounter", "hospital", "V1")["subject"]["reference"]


def test_a_wrong_number_still_leads_to_the_person_and_contradicts_nothing(known: Feeding) -> None:
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    assert known.persons() == {POLICE: POLICE, HOSPITAL: POLICE}
    assert known.found("Patient.identifier", ZHANG) == known.found("Patient.identifier", NEW) == {POLICE}
    assert known.reviews() == []
    own = [(one["value"], one.get("use")) for one in known.patient("police", "P1")["identifier"]]
    assert own[0] == (NEW, None)
    assert (ZHANG, "old") in own


@pytest.mark.parametrize("number", [ZHANG, NEW])
def test_later_claims_by_either_number_are_the_persons(known: Feeding, number: str) -> None:
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    known.tell("clinic", person("9", "张三", number))
    assert known.person_of("clinic", "9") == POLICE
    assert known.reviews() == []


def test_a_correction_is_remembered_by_messages_that_do_not_repeat_it(known: Feeding) -> None:
    known.tell("police", person("P1", "张三", NEW), events=[WRONG])
    before = state(known)
    known.tell("police", person("P1", "张三", NEW))
    assert state(known) == before
    known.tell("police", person("P1", "张三", NEW, gender="male"))
    assert known.found("Patient.identifier", ZHANG) == {POLICE}


def test_who_is_first_heard_of_by_a_correction_is_found_by_the_old_number(base: Feeding) -> None:
    base.tell("hospital", person("7", "张三", ZHANG))
    base.tell("police", person("P1", "张三", NEW), events=[WRONG])
    assert base.person_of("police", "P1") == HOSPITAL


def test_a_registry_that_keys_persons_by_their_number_knows_one_person_by_both(base: Feeding) -> None:
    base.tell("police", person(ZHANG, "张三", ZHANG))
    base.tell("police", person(NEW, "张三", NEW), events=[WRONG])
    assert set(base.persons().values()) == {claim_id("police", NEW)}
    assert base.patient("police", ZHANG)["active"] is False


def test_a_number_issued_twice_leads_to_the_other_holder_alone(known: Feeding) -> None:
    """The hospital's patient of that number is the other holder, whose name is the same."""
    known.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    assert known.persons() == {POLICE: POLICE, HOSPITAL: HOSPITAL}
    assert subject(known) == f"Patient/{HOSPITAL}"
    assert known.found("Patient.identifier", ZHANG) == {HOSPITAL}
    assert known.found("Patient.identifier", NEW) == {POLICE}
    known.tell("clinic", person("9", "张三", ZHANG))
    known.tell("police", person("P1", "张三", NEW, gender="male"))
    assert known.person_of("clinic", "9") == HOSPITAL
    assert known.person_of("police", "P1") == POLICE
    assert [review.kind for review in known.reviews() if review.status != "closed"] == []


def test_claims_with_the_new_number_stay_when_the_old_one_is_given_up(known: Feeding) -> None:
    known.tell("clinic", person("9", "张三", identifier=[{"system": ID, "value": ZHANG}, {"system": ID, "value": NEW}]))
    known.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    assert known.person_of("hospital", "7") == HOSPITAL
    assert known.person_of("clinic", "9") != HOSPITAL


def test_what_a_correction_parted_can_be_had_back(known: Feeding) -> None:
    before = known.persons()
    known.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    [(decision,)] = known.sql("SELECT id FROM decision WHERE kind = 'not_same'")
    known.undo(decision)
    assert known.persons() == before
    known.restore(decision)
    assert known.persons() == {POLICE: POLICE, HOSPITAL: HOSPITAL}


def test_what_a_person_joined_stays_and_is_asked_about(base: Feeding) -> None:
    base.tell("police", person("P1", "张三", ZHANG))
    base.tell("hospital", person("7", "李四", ZHANG))
    base.merge(POLICE, HOSPITAL)
    base.tell("police", person("P1", "张三", NEW), events=[REISSUED])
    assert base.person_of("hospital", "7") == POLICE
    assert "unlink_contradicts_decision" in [review.kind for review in base.reviews()]


def test_a_former_name_is_kept_and_found(known: Feeding) -> None:
    known.tell("police", person("P1", "张珊", ZHANG), events=[Correct("name", "张三", "张珊")])
    assert known.persons() == {POLICE: POLICE, HOSPITAL: POLICE}
    assert known.patient("police", "P1")["name"][0]["text"] == "张珊"
    known.tell("police", person("P1", "张珊", ZHANG, gender="male"))
    assert {"text": "张三", "use": "old"}.items() <= next(
        one for one in known.patient("police", "P1")["name"] if one["text"] == "张三" and one.get("use")
    ).items()
    assert known.found("Patient.name", "张珊") == known.found("Patient.name", "张三") == {POLICE}
