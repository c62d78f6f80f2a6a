"""Visits, appointments, problems, referrals, charges and accounts: what each kind of message makes of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub import Json, Message, ParseError, RecordUpdate
from plugins.hl7.adapter import HL7
from plugins.hl7.settings import Encoding, HL7Settings
from tests.plugins.hl7.mapping import HEADER, body, told, updates

SCH = "SCH|P1^HIS|F1^RIS|||||CHECKUP^体检||30|min|^^^20240510090000"
VISIT = "PV1|1|I|内科^301^01^HOSP||||||||||||||||V1^^^VISIT"


def of(kind: str, *segments: str) -> RecordUpdate:
    return told(*segments, header=HEADER.replace("ADT^A08^ADT_A01", kind))


def visit(trigger: str, *segments: str) -> Json:
    return body(of(f"ADT^{trigger}", *(segments or (VISIT,))), "Encounter")


@pytest.mark.parametrize(
    ("trigger", "status"),
    [
        ("A06", "in-progress"),
        ("A07", "in-progress"),
        ("A14", "planned"),
        ("A15", "in-progress"),
        ("A16", "in-progress"),
        ("A21", "onleave"),
        ("A22", "in-progress"),
        ("A25", "in-progress"),
        ("A26", "in-progress"),
        ("A27", "cancelled"),
        ("A38", "cancelled"),
        ("A52", "in-progress"),
        ("A53", "onleave"),
        ("A54", "in-progress"),
        ("A62", "in-progress"),
    ],
)
def test_after_a_message_the_visit_is(trigger: str, status: str) -> None:
    assert visit(trigger)["status"] == status


def test_a_return_from_leave_ends_the_leave() -> None:
    found = visit("A22", "EVN|A22|20240506083000", VISIT)

    assert found["statusHistory"] == [{"status": "onleave", "period": {"end": "2024-05-06T08:30:00+08:00"}}]


def test_a_planned_place_is_reserved_until_the_transfer_is_cancelled() -> None:
    line = f"{VISIT}{'|' * 23}外科^501^01^HOSP"

    assert [one["status"] for one in visit("A15", line)["location"]] == ["active", "reserved"]
    cancelled = visit("A26", line)
    assert [one["status"] for one in cancelled["location"]] == ["active"]
    assert "外科" in str(cancelled["extension"])


def test_allergies_alone_do_not_reopen_a_visit() -> None:
    found = of("ADT^A60", VISIT, "IAM|1|DA|PCN^青霉素|||A|||||||20240301|王^芳|SPO||C")

    [passing] = [one for one in found.resources if one.type == "Encounter"]
    assert passing.in_passing
    allergy = body(found, "AllergyIntolerance")
    assert allergy["recorder"]["reference"].startswith("RelatedPerson/")
    assert allergy["verificationStatus"]["coding"][0]["code"] == "confirmed"


def test_segments_may_stand_in_any_order() -> None:
    found = updates(f"{HEADER}\r{VISIT}\rPID|1||M1^^^HOSP^MR")

    assert body(found[0], "Encounter")["subject"] == {"reference": "Patient/urn:oid:2.999.1|M1"}


def test_a_message_of_version_2_1_names_its_event_in_evn() -> None:
    old = HEADER.replace("ADT^A08^ADT_A01", "ADT").replace("2.5.1", "2.1")

    assert body(updates(f"{old}\rEVN|A21|20240506\rPID|1||M1\r{VISIT}")[0], "Encounter")["status"] == "onleave"


@pytest.mark.parametrize(
    ("trigger", "filler", "status"),
    [
        ("S12", "", "booked"),
        ("S12", "Pending", "pending"),
        ("S13", "Booked", "booked"),
        ("S14", "Complete", "fulfilled"),
        ("S14", "又约", "booked"),
        ("S15", "Booked", "cancelled"),
        ("S17", "", "entered-in-error"),
        ("S26", "", "noshow"),
    ],
)
def test_an_appointment_is_what_the_event_or_its_filler_says(trigger: str, filler: str, status: str) -> None:
    found = body(of(f"SIU^{trigger}", f"{SCH}{'|' * 14}{filler}"), "Appointment")

    assert found["status"] == status


def test_an_appointment_has_its_time_and_who_takes_part() -> None:
    found = of(
        "SIU^S12", SCH, VISIT, "AIS|1|A|CT1^胸部CT^L|20240510090000", "AIP|1|A|D1^李^大夫|TECH^技师^L", "AIL|1|A|CT室"
    )
    appointment = body(found, "Appointment")

    assert appointment["start"] == "2024-05-10T09:00:00+08:00"
    assert appointment["end"] == "2024-05-10T09:30:00+08:00"
    who = [one["actor"].get("display", one["actor"]["reference"]) for one in appointment["participant"]]
    assert who == ["Patient/urn:oid:2.999.1|M1", "李大夫", "CT室"]
    request = body(found, "ServiceRequest")
    assert request["code"]["text"] == "胸部CT"
    assert request["occurrencePeriod"] == {"start": "2024-05-10T09:00:00+08:00"}


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("SCH|P1^HIS|F1^RIS", "urn:hub:hospital:RIS|F1"),
        ("SCH|P1^HIS||3", "urn:hub:hospital:HIS|P1|3"),
        ("SCH|||||||||||^^^20240510090000", "urn:oid:2.999.1|M1|SCH|2024-05-10T09:00:00+08:00"),
        ("SCH||||||CHECKUP", "urn:oid:2.999.1|M1|SCH|K1"),
    ],
)
def test_an_appointment_without_a_number_is_known_by_its_time(line: str, key: str) -> None:
    [found] = [one.source_id for one in of("SIU^S12", line).resources if one.type == "Appointment"]

    assert found == key


def test_a_schedule_without_sch_and_blocked_time_without_an_end_are_parked() -> None:
    for kind, segments, place in (("S12", (), "SCH"), ("S23", ("SCH||B1",), "SCH-11")):
        with pytest.raises(ParseError) as caught:
            of(f"SIU^{kind}", *segments)
        assert caught.value.place == place


@pytest.mark.parametrize(("kind", "action"), [("PPR^PC1", "DE"), ("PPR^PC3", "UP")])
def test_a_problem_that_was_deleted_was_entered_in_error(kind: str, action: str) -> None:
    found = body(of(kind, f"PRB|{action}|20240506|I10^高血压^I10|PR1"), "Condition")

    assert found["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in found


@pytest.mark.parametrize(
    ("state", "over", "status"),
    [
        ("A", "", "active"),
        ("R", "", "resolved"),
        ("", "20240601", "resolved"),
        ("", "", "active"),
        ("未知", "", "active"),
    ],
)
def test_a_problem_stands_as_its_life_cycle_says(state: str, over: str, status: str) -> None:
    found = body(of("PPR^PC2", f"PRB|UP|20240506|I10^高血压^I10|PR1|||||{over}|||||{state}"), "Condition")

    assert found["clinicalStatus"]["coding"][0]["code"] == status


def test_goals_and_pathways_are_of_the_patient() -> None:
    found = of("PPR^PC1", "GOL|AD|20240506|BP^血压达标|G1|||20240506|20240806", "PTH|AD|HTN^高血压路径|T1")

    assert body(found, "Goal")["target"] == [{"dueDate": "2024-08-06"}]
    assert body(found, "CarePlan")["status"] == "active"


@pytest.mark.parametrize(("kind", "status"), [("I12", "active"), ("I13", "active"), ("I14", "revoked")])
def test_a_referral_names_who_asks_and_who_is_asked(kind: str, status: str) -> None:
    found = of(f"REF^{kind}", "RF1|A|||||R1", "PRD|RP|李^大夫|||||D1", "PRD|RT|周^主任")
    request = body(found, "ServiceRequest")

    assert request["status"] == status
    assert request["requester"]["display"] == "李大夫"
    assert [one["display"] for one in request["performer"]] == ["周主任"]


def test_a_charge_is_of_its_account_and_visit_to_the_digit() -> None:
    account = "PID|1||M1^^^HOSP^MR|||||||||||||||A1^^^HOSP"
    found = body(of("DFT^P03", account, VISIT, "FT1|1|T1||20240506||CG|E1^心电图|||2|25.50&CNY"), "ChargeItem")

    assert str(found["priceOverride"]["value"]) == "25.50"
    assert found["account"] == [{"reference": "Account/urn:oid:2.999.1|A1"}]
    assert found["context"] == {"reference": "Encounter/urn:oid:2.999.2|V1"}
    assert found["status"] == "billable"


@pytest.mark.parametrize(
    ("kind", "status", "passing"),
    [
        ("BAR^P01", "active", False),
        ("BAR^P05", "active", False),
        ("BAR^P02", "inactive", False),
        ("BAR^P06", "inactive", False),
        ("ADT^A08", "active", True),
        ("DFT^P03", "active", True),
    ],
)
def test_only_a_message_about_an_account_says_how_it_stands(kind: str, status: str, passing: bool) -> None:
    found = of(kind, "PID|1||M1^^^HOSP^MR|||||||||||||||A1^^^HOSP")

    [account] = [one for one in found.resources if one.type == "Account"]
    assert (account.body["status"], account.in_passing) == (status, passing)


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_names_come_through_whatever_the_encoding(codec: Encoding) -> None:
    text = "\r".join(
        (HEADER.replace("ADT^A08^ADT_A01", "SIU^S12"), SCH, "PID|1||M1^^^HOSP^MR||王^珅", "AIP|1|A|D1^玕^珅")
    )
    adapter = HL7("hospital", HL7Settings(listen="127.0.0.1:0", encoding=codec))
    [found] = adapter.parse(Message(1, "hospital", "K1", text.encode(codec), datetime(2024, 5, 6, tzinfo=UTC)))

    assert found.claim
    assert found.claim.patient["name"][0]["text"] == "王珅"
    assert body(found, "Appointment")["participant"][1]["actor"]["display"] == "玕珅"
