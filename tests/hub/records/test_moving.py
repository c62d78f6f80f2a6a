"""Visits that change hands or numbers, and all that refers to them."""

from __future__ import annotations

import pytest

from hub.model import Json, Link, Move, Replace, Resource
from hub.model.update import Event
from hub.records.ending import REPLACED_BY
from hub.records.ids import claim_id, resource_id
from hub.records.moving import MOVE_BLOCKED
from tests.hub.feeding import Feeding, person, visit

ONE, TWO = person("1", "张一"), person("2", "李二")


def result(key: str, patient: str, encounter: str = "", **elements: object) -> Resource:
    body: Json = {"resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{patient}"}}
    if encounter:
        body["encounter"] = {"reference": f"Encounter/{encounter}"}
    return Resource(key, body | elements)


def report(key: str, patient: str, encounter: str, results: str) -> Resource:
    named = [{"reference": f"Observation/{one}"} for one in results.split()]
    return Resource(key, result(key, patient, encounter, result=named).body | {"resourceType": "DiagnosticReport"})


def subject(base: Feeding, type_: str, key: str) -> str:
    return str(base.body(type_, "a", key)["subject"]["reference"]).removeprefix("Patient/")


def owners(base: Feeding) -> dict[str, str]:
    """The number whose claim each resource came with, by its id."""
    numbers = {claim_id("a", number): number for number in "12"}
    rows = base.sql("SELECT id, claim, person, body FROM resource WHERE type <> 'Patient'")
    return {id_: numbers[claim] for id_, claim, *_ in rows}


def owner(base: Feeding, type_: str, key: str) -> str:
    return owners(base)[resource_id("a", type_, key)]


@pytest.fixture
def filed(base: Feeding) -> Feeding:
    """Two visits of one person: a report with its results, and a result that names no visit."""
    base.tell("a", ONE, visit("V1", "1"), visit("V2", "1"))
    base.tell("a", ONE, result("R1", "1"), result("R2", "1", "V1"), report("D1", "1", "V1", "R1"))
    base.tell("a", ONE, result("R3", "1", "V2"), result("R4", "1"))
    base.tell("a", TWO)
    return base


def test_a_visit_moves_with_its_results_and_nothing_else(filed: Feeding) -> None:
    before = filed.body("Observation", "a", "R2")["meta"]["versionId"]
    message = filed.tell("a", TWO, visit("V1", "2"), events=[Move(("Encounter", "V1"), since=ONE)])
    for type_, key in (("Encounter", "V1"), ("Observation", "R1"), ("Observation", "R2"), ("DiagnosticReport", "D1")):
        assert (owner(filed, type_, key), subject(filed, type_, key)) == ("2", claim_id("a", "2")), key
    for type_, key in (("Encounter", "V2"), ("Observation", "R3"), ("Observation", "R4")):
        assert (owner(filed, type_, key), subject(filed, type_, key)) == ("1", claim_id("a", "1")), key
    assert (before, filed.body("Observation", "a", "R2")["meta"]["versionId"]) == ("1", "2")
    behind = filed.sql("SELECT entry FROM resource WHERE id = :id", id=resource_id("a", "Observation", "R2"))
    assert behind == [(message,)], "the move is what changed it"
    assert filed.found("Observation.status", "final") == {resource_id("a", "Observation", f"R{n}") for n in range(1, 5)}


def test_a_move_said_again_changes_nothing(filed: Feeding) -> None:
    for _ in range(2):
        filed.tell("a", TWO, visit("V1", "2"), events=[Move(("Encounter", "V1"), since=ONE)])
        versions = filed.sql("SELECT type, id, version FROM resource ORDER BY rid")
    assert filed.body("Encounter", "a", "V1")["meta"]["versionId"] == "2"
    filed.tell("a", TWO, visit("V1", "2"), events=[Move(("Encounter", "V1"), since=ONE)])
    assert filed.sql("SELECT type, id, version FROM resource ORDER BY rid") == versions


def test_a_visit_can_move_and_change_its_number_in_one_message(filed: Feeding) -> None:
    events: tuple[Event, ...] = (Move(("Encounter", "V1"), since=ONE), Replace("Encounter", "V1", "V9"))
    for _ in range(2):
        filed.tell("a", TWO, visit("V9", "2"), events=events)
        assert owner(filed, "Encounter", "V9") == owner(filed, "Observation", "R2") == "2"
        assert subject(filed, "Encounter", "V9") == subject(filed, "Observation", "R2") == claim_id("a", "2")
        named = filed.body("Observation", "a", "R2")["encounter"]["reference"]
        assert named == f"Encounter/{resource_id('a', 'Encounter', 'V9')}"
    assert filed.body("Observation", "a", "R2")["meta"]["versionId"] == "3"
    assert owner(filed, "Observation", "R3") == "1"


def test_an_unknown_visit_is_made_by_the_message_and_its_results_follow(base: Feeding) -> None:
    base.tell("a", ONE, result("R1", "1", "V1"))
    base.tell("a", TWO, visit("V1", "2"), events=[Move(("Encounter", "V1"), since=ONE)])
    assert owner(base, "Encounter", "V1") == owner(base, "Observation", "R1") == "2"


def test_a_move_from_somebody_it_was_not_filed_under_is_a_question(filed: Feeding) -> None:
    filed.tell("a", TWO, visit("V1", "2", status="finished"), events=[Move(("Encounter", "V1"), since=person("3"))])
    assert [review.kind for review in filed.reviews()] == [MOVE_BLOCKED]
    assert owner(filed, "Encounter", "V1") == owner(filed, "Observation", "R2") == "1"
    assert subject(filed, "Encounter", "V1") == claim_id("a", "1")
    assert filed.body("Encounter", "a", "V1")["status"] == "finished", "the rest of the message is not lost"


def test_a_move_from_another_number_of_the_same_person_fits(filed: Feeding) -> None:
    filed.tell("a", ONE, events=[Link(person("3"))])
    filed.tell("a", TWO, visit("V1", "2"), events=[Move(("Encounter", "V1"), since=person("3"))])
    assert owner(filed, "Encounter", "V1") == "2"
    assert filed.reviews() == []


def test_an_old_move_sent_through_again_does_not_undo_a_newer_word(base: Feeding) -> None:
    base.tell("a", ONE, visit("V1", "1"), minute=0)
    base.tell("a", ONE, visit("V1", "1", status="finished"), minute=5)
    base.tell("a", TWO, events=[Move(("Encounter", "V1"), since=ONE)], minute=3)
    assert owner(base, "Encounter", "V1") == "1"


def test_a_replaced_visit_leads_to_the_new_one_and_so_does_what_referred_to_it(filed: Feeding) -> None:
    filed.tell("a", ONE, visit("V9", "1", identifier=[{"value": "V9"}]), events=[Replace("Encounter", "V1", "V9")])
    new = f"Encounter/{resource_id('a', 'Encounter', 'V9')}"
    old = filed.body("Encounter", "a", "V1")
    assert old["status"] == "entered-in-error"
    assert old["extension"] == [{"url": REPLACED_BY, "valueReference": {"reference": new}}]
    for type_, key in (("Observation", "R2"), ("DiagnosticReport", "D1")):
        assert filed.body(type_, "a", key)["encounter"] == {"reference": new}
    assert filed.body("Observation", "a", "R3")["encounter"] != {"reference": new}
    assert filed.body("Encounter", "a", "V9")["status"] == "in-progress"
    targets = filed.sql(
        "SELECT count(*) FROM search_reference WHERE name = 'Observation.encounter' AND target = :new", new=new
    )
    assert targets == [(1,)]


def test_what_still_uses_the_old_key_lands_on_the_new_resource_which_keeps_its_number(filed: Feeding) -> None:
    numbers = [{"value": "V9"}]
    filed.tell("a", ONE, visit("V9", "1", identifier=numbers), events=[Replace("Encounter", "V1", "V9")])
    late = visit("V1", "1", status="finished", identifier=[{"value": "V1"}])
    filed.tell("a", ONE, late, result("R7", "1", "V1"))
    new = filed.body("Encounter", "a", "V9")
    assert (new["status"], new["identifier"]) == ("finished", numbers)
    assert filed.body("Encounter", "a", "V1")["status"] == "entered-in-error"
    assert filed.body("Observation", "a", "R7")["encounter"] == {"reference": f"Encounter/{new['id']}"}


def test_a_key_can_be_replaced_before_either_is_known_and_in_a_chain(base: Feeding) -> None:
    base.tell("a", ONE, events=[Replace("Encounter", "V2", "V3")])
    base.tell("a", ONE, events=[Replace("Encounter", "V1", "V2")], minute=-600)
    base.tell("a", ONE, visit("V1", "1"), result("R1", "1", "V1"))
    new = resource_id("a", "Encounter", "V3")
    assert base.sql("SELECT id FROM resource WHERE type = 'Encounter'") == [(new,)]
    assert base.body("Observation", "a", "R1")["encounter"] == {"reference": f"Encounter/{new}"}


def test_a_key_that_is_taken_up_again_means_what_it_says_last(base: Feeding) -> None:
    base.tell("a", ONE, visit("V1", "1", period={"start": "2024-05-01"}), result("R1", "1", "V1"))
    base.tell("a", ONE, events=[Replace("Encounter", "V1", "V2")])
    base.tell("a", ONE, events=[Replace("Encounter", "V2", "V1")])
    first, second = base.body("Encounter", "a", "V1"), base.body("Encounter", "a", "V2")
    assert (first["status"], second["status"]) == ("in-progress", "entered-in-error")
    assert "extension" not in first
    assert base.body("Observation", "a", "R1")["encounter"] == {"reference": f"Encounter/{first['id']}"}
    base.tell("a", ONE, visit("V2", "1", status="finished"))
    assert base.body("Encounter", "a", "V1")["status"] == "finished"


def test_another_feeds_key_of_the_same_name_is_its_own(filed: Feeding) -> None:
    filed.tell("b", ONE, visit("V1", "1"))
    filed.tell("a", ONE, events=[Replace("Encounter", "V1", "V9"), Move(("Encounter", "V2"))])
    assert filed.body("Encounter", "b", "V1")["meta"]["versionId"] == "1"


@pytest.mark.parametrize(
    ("type_", "told", "then"),
    [
        ("Location", {"status": "active"}, {"status": "inactive"}),
        ("Practitioner", {"active": True}, {"active": False}),
        ("Goal", {"lifecycleStatus": "active"}, {"lifecycleStatus": "entered-in-error"}),
    ],
)
def test_each_type_says_in_its_own_words_that_it_was_replaced(
    base: Feeding, type_: str, told: Json, then: Json
) -> None:
    base.tell("a", ONE, Resource("K1", {"resourceType": type_} | told))
    base.tell("a", None, events=[Replace(type_, "K1", "K2")])
    assert base.body(type_, "a", "K1").items() >= then.items()
    assert base.body(type_, "a", "K2").items() >= told.items()


def test_a_condition_that_was_replaced_has_no_clinical_status(base: Feeding) -> None:
    base.tell("a", ONE, Resource("K1", {"resourceType": "Condition", "clinicalStatus": {"text": "active"}}))
    base.tell("a", ONE, events=[Replace("Condition", "K1", "K2")])
    body = base.body("Condition", "a", "K1")
    assert "clinicalStatus" not in body
    assert body["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
