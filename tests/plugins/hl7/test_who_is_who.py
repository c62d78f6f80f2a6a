"""What ADT says of numbers: merged, changed, linked, parted and moved, at every level; and what it leaves unsaid."""

from __future__ import annotations

import pytest

from hub import Link, Merge, Move, ParseError, RecordUpdate, Replace, Unlink
from tests.plugins.hl7.mapping import HEADER, body, updates

HOSP, VISIT = "urn:oid:2.999.1", "urn:oid:2.999.2"
PERSON = "PID|1||M1^^^HOSP^MR||王^珅||19900307|F"
WITH_ACCOUNT = "PID|1||M1^^^HOSP^MR||王^珅|||||||||||||A1^^^HOSP"
OTHER = "PID|2||M2^^^HOSP^MR||李^强"
IN_VISIT = "PV1|1|I|内科^301^01^HOSP||||||||||||||||V1^^^VISIT"


def said(trigger: str, *segments: str) -> list[RecordUpdate]:
    return updates("\r".join((HEADER.replace("A08^ADT_A01", trigger), *segments)))


def changes(trigger: str, *segments: str) -> list[tuple[str, ...]]:
    """Every change of the message, in words."""
    return [_in_words(event) for update in said(trigger, *segments) for event in update.events]


def _in_words(event: object) -> tuple[str, ...]:
    match event:
        case Merge(retired):
            return "merge", retired.source_id
        case Link(other):
            return "link", other.source_id
        case Unlink(other):
            return "unlink", other.source_id
        case Move((kind, key), since):
            return "move", kind, key, since.source_id if since else ""
        case Replace(kind, old, new):
            return "replace", kind, old, new
    raise AssertionError(event)


@pytest.mark.parametrize("trigger", ["A18", "A30", "A34", "A36", "A40", "A47"])
def test_a_number_in_mrg_1_is_retired_for_the_one_in_pid_3(trigger: str) -> None:
    found = changes(trigger, WITH_ACCOUNT, "MRG|M9^^^HOSP^MR||A9^^^HOSP")

    assert found[0] == ("merge", f"{HOSP}|M9")


@pytest.mark.parametrize("trigger", ["A39", "A46"])
def test_an_external_number_is_the_one_in_mrg_4(trigger: str) -> None:
    assert changes(trigger, "PID|1|E1^^^HOSP", "MRG||||E9^^^HOSP") == [("merge", f"{HOSP}|E9")]


def test_an_alternate_number_is_the_one_in_mrg_2() -> None:
    assert changes("A48", "PID|1|||T1^^^HOSP", "MRG||T9^^^HOSP") == [("merge", f"{HOSP}|T9")]


def test_a_changed_number_of_another_kind_retires_nobody() -> None:
    card = "PID|1||M1^^^HOSP^MR~C2^^^CARD^HC"
    assert changes("A47", card, "MRG|C1^^^CARD^HC") == []


@pytest.mark.parametrize("trigger", ["A35", "A36", "A41", "A49"])
def test_an_older_account_is_the_one_in_pid_18(trigger: str) -> None:
    found = said(trigger, WITH_ACCOUNT, "MRG|M1^^^HOSP^MR||A9^^^HOSP")

    assert Replace("Account", f"{HOSP}|A9", f"{HOSP}|A1") in found[0].events
    assert [one["value"] for one in body(found[0], "Account")["identifier"]] == ["A1", "A9"]


@pytest.mark.parametrize("trigger", ["A42", "A50"])
def test_an_older_visit_number_is_the_visit_of_pv1_19_whose_status_stands(trigger: str) -> None:
    found = said(trigger, PERSON, "MRG|||||V9^^^VISIT", "PV1|1|I|||||||||||||||||V1^^^VISIT")

    assert found[0].events == (Replace("Encounter", f"{VISIT}|V9", f"{VISIT}|V1"),)
    passing, numbers = (one for one in found[0].resources if one.type == "Encounter")
    assert passing.in_passing
    assert not numbers.in_passing
    assert numbers.body.keys() == {"resourceType", "identifier"}


def test_an_alternate_visit_number_is_a_key_only_without_another() -> None:
    assert changes("A51", PERSON, "MRG||||||X9^^^VISIT", f"PV1|1|I{'|' * 48}X1^^^VISIT") == [
        ("replace", "Encounter", f"{VISIT}|X9", f"{VISIT}|X1")
    ]
    assert changes("A51", PERSON, "MRG||||||X9^^^VISIT", f"{IN_VISIT}{'|' * 31}X1^^^VISIT") == []


@pytest.mark.parametrize("trigger", ["A06", "A07"])
def test_a_new_class_may_bring_a_new_visit_number(trigger: str) -> None:
    assert changes(trigger, PERSON, IN_VISIT) == []
    assert changes(trigger, PERSON, "MRG|||||V9^^^VISIT", IN_VISIT) == [
        ("replace", "Encounter", f"{VISIT}|V9", f"{VISIT}|V1")
    ]


def test_two_linked_numbers_both_stay_in_use() -> None:
    found = said("A24", PERSON, OTHER)

    assert [one.claim.source_id for one in found if one.claim] == [f"{HOSP}|M1", f"{HOSP}|M2"]
    assert [_in_words(event) for event in found[0].events] == [("link", f"{HOSP}|M2")]
    assert found[1].events == ()
    assert changes("A37", PERSON, OTHER) == [("unlink", f"{HOSP}|M2")]


@pytest.mark.parametrize("trigger", ["A24", "A37"])
def test_the_same_number_twice_is_no_link(trigger: str) -> None:
    assert changes(trigger, PERSON, PERSON) == []


def test_a_visit_moves_with_its_key() -> None:
    assert changes("A45", PERSON, "MRG|M9^^^HOSP^MR||||V1^^^VISIT", IN_VISIT) == [
        ("move", "Encounter", f"{VISIT}|V1", f"{HOSP}|M9")
    ]


def test_several_visits_move_each_with_its_own_key() -> None:
    other = IN_VISIT.replace("|V1^", "|V2^")
    mrg = "MRG|M9^^^HOSP^MR||||{}^^^VISIT"
    found = said("A45", PERSON, mrg.format("V1"), IN_VISIT, mrg.format("V3"), other)

    assert [_in_words(event) for event in found[0].events] == [
        ("move", "Encounter", f"{VISIT}|V1", f"{HOSP}|M9"),
        ("move", "Encounter", f"{VISIT}|V3", f"{HOSP}|M9"),
        ("replace", "Encounter", f"{VISIT}|V3", f"{VISIT}|V2"),
    ]
    visits = {one.source_id for one in found[0].resources if one.type == "Encounter"}
    assert visits == {f"{VISIT}|V1", f"{VISIT}|V2"}


def test_a_visit_moves_without_its_former_owner_being_named() -> None:
    assert changes("A45", PERSON, "MRG|||||V1^^^VISIT", IN_VISIT) == [("move", "Encounter", f"{VISIT}|V1", "")]


def test_an_account_moves_with_its_key() -> None:
    assert changes("A44", WITH_ACCOUNT, "MRG|M9^^^HOSP^MR||A1^^^HOSP") == [
        ("move", "Account", f"{HOSP}|A1", f"{HOSP}|M9")
    ]


def test_a_number_that_changes_hands_is_parted_from_one_and_linked_to_the_other() -> None:
    found = said("A43", "PID|1|E2^^^HOSP|M5^^^HOSP^MR", "MRG|M5^^^HOSP^MR|||E1^^^HOSP")

    assert found[0].claim
    assert found[0].claim.source_id == f"{HOSP}|M5"
    assert [_in_words(event) for event in found[0].events] == [
        ("unlink", f"{HOSP}|E1"),
        ("link", f"{HOSP}|E2"),
    ]


def test_a_move_between_two_numbers_alone_links_them() -> None:
    assert changes("A43", PERSON, "MRG|M9^^^HOSP^MR") == [("link", f"{HOSP}|M9")]


def test_two_patients_who_change_places_are_two_updates() -> None:
    found = said("A17", PERSON, IN_VISIT, OTHER, IN_VISIT.replace("|V1^", "|V2^").replace("^01^", "^02^"))

    beds = [body(one, "Encounter")["location"][0]["location"]["display"] for one in found]
    assert beds == ["HOSP 内科 301 01", "HOSP 内科 301 02"]


@pytest.mark.parametrize(
    ("trigger", "segments", "place"),
    [
        ("A17", (PERSON, IN_VISIT), "PID"),
        ("A24", (PERSON,), "PID"),
        ("A37", (PERSON, OTHER, OTHER), "PID"),
        ("A24", (PERSON, "PID|2||||李^强"), "PID-3"),
        ("A39", (PERSON, "MRG"), "MRG-4"),
        ("A47", (PERSON,), "MRG-1"),
        ("A35", (WITH_ACCOUNT,), "MRG"),
        ("A41", (WITH_ACCOUNT, "MRG|M1"), "MRG-3"),
        ("A49", (PERSON, "MRG|||A9"), "PID-18"),
        ("A42", (PERSON, "MRG|||||V9"), "PV1-19"),
        ("A50", (PERSON, "MRG|M1", IN_VISIT), "MRG-5"),
        ("A51", (PERSON, "MRG||||||X9", IN_VISIT), "PV1-50"),
        ("A44", (PERSON, "MRG|M9"), "PID-18"),
        ("A45", (PERSON, "MRG|M9"), "PV1-19"),
        ("A43", (PERSON, "MRG|M1^^^HOSP^MR"), "MRG-4"),
        ("A23", (PERSON, "PV1|1|I|内科"), "PV1-19"),
    ],
)
def test_what_is_said_only_in_part_is_parked_where_it_is_missing(
    trigger: str, segments: tuple[str, ...], place: str
) -> None:
    with pytest.raises(ParseError) as caught:
        said(trigger, *segments)

    assert caught.value.place == place


def test_a_person_entered_in_error_is_no_longer_active_and_stays() -> None:
    found = said("A29", PERSON)

    assert found[0].claim
    assert found[0].claim.patient["active"] is False


def test_a_visit_entered_in_error_stays_and_says_so() -> None:
    assert body(said("A23", PERSON, IN_VISIT)[0], "Encounter")["status"] == "entered-in-error"
