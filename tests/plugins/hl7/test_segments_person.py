"""PID, NK1, IN1 and what deletes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub import MOTHER_EXTENSION, Message
from plugins.hl7.lexer import lex
from plugins.hl7.parse import parse
from tests.plugins.hl7.mapping import HEADER, Feed, body, fates, patient, told


def test_an_empty_field_says_nothing() -> None:
    assert patient("PID|1||M1||||||") == {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:hub:hospital", "value": "M1"}],
    }


def test_two_quotes_delete() -> None:
    found = patient('PID|1||M1||王^伟||""|""|||""||""|||""')

    assert {name for name, value in found.items() if value is None} == {
        "birthDate",
        "gender",
        "address",
        "telecom",
        "maritalStatus",
    }


def test_two_quotes_beside_a_value_for_the_same_element_delete_nothing() -> None:
    assert [one["value"] for one in patient('PID|1||M1||||||||||138|""')["telecom"]] == ["138"]
    assert [one["value"] for one in patient('PID|1||M1||||||||||""|139')["telecom"]] == ["139"]


def test_an_impossible_birth_date_is_kept_and_not_made_up() -> None:
    for written in ("00000000", "20230230", "2023123"):
        found = patient(f"PID|1||M1||||{written}")

        assert "birthDate" not in found
        assert found["extension"] == [{"url": "urn:hub:v2:PID-7", "valueString": written}]


@pytest.mark.parametrize("written", ["-", "- -", "－"])
def test_a_number_that_is_only_a_hyphen_is_none_and_is_kept_as_it_was_sent(written: str) -> None:
    found = patient(f"PID|1||{written}^^^^NNCHN~M1^^^HOSP^MR")

    assert [one["value"] for one in found["identifier"]] == ["M1"]
    [kept] = [one for one in found["extension"] if one["url"] == "urn:hub:v2:PID-3"]
    assert {"url": "urn:hub:v2:PID-3-1", "valueString": written} in kept["extension"]
    assert ("PID-3[1]", "kept") in {
        (one.place, one.fate) for one in fates(f"{HEADER}\rPID|1||{written}^^^^NNCHN~M1^^^HOSP^MR")
    }


def test_a_relative_may_be_named_in_words_alone() -> None:
    update = told("NK1|1|李^梅|^母亲")

    assert body(update, "RelatedPerson")["relationship"] == [{"text": "母亲"}]


def test_a_blank_of_full_width_says_nothing() -> None:
    found = patient("PID|1||M1" + "|" * 12 + "　||||　")

    assert set(found) == {"resourceType", "identifier"}
    assert [one["value"] for one in found["identifier"]] == ["M1"]


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("20240301", "2024-03-01"),
        ("20240302", "2024-03-02"),
        ("202403", "2024-03"),
        ("20240303", None),
        ("202404", None),
        ("2025", None),
        ("99991231", None),
        ("99991231235959", None),
    ],
)
def test_nobody_is_born_more_than_a_day_after_the_message_came(written: str, born: str | None) -> None:
    found = patient(f"PID|1||M1||||{written}")
    kept = {"url": "urn:hub:v2:PID-7", "valueString": written}

    assert found.get("birthDate") == born
    assert (kept in found.get("extension", ())) == (born is None)


def test_a_day_is_one_of_the_feeds_time_zone() -> None:
    late = Message(1, "hospital", "K1", b"", datetime(2024, 2, 29, 16, tzinfo=UTC))
    [update] = parse(lex(f"{HEADER}\rPID|1||M1||||20240302"), late, Feed())

    assert update.claim is not None
    assert update.claim.birth_date == "2024-03-02"


def test_relatives_are_not_born_in_the_future_either() -> None:
    nk1, gt1 = "NK1|1|李^梅" + "|" * 14 + "99991231", "GT1|1||李^梅|||||99991231"
    in1 = "IN1|1|CZ^职工|YB01|医保局||||||||||||李^梅|SPO^配偶|99991231"

    for segment in (nk1, gt1, in1):
        update = told(segment)
        assert "birthDate" not in body(update, "RelatedPerson")
        assert "9999" in str(update.resources)


@pytest.mark.parametrize("written", ["19801399", "99991231", "20230230"])
def test_of_a_date_that_was_kept_it_is_said_why(written: str) -> None:
    told_of = {one.place: one for one in fates(f"{HEADER}\rPID|1||M1||||{written}" + "|" * 22 + "20230230")}

    assert (told_of["PID-7"].fate, told_of["PID-29"].fate) == ("kept", "kept")
    assert told_of["PID-7"].detail == "Patient.extension(urn:hub:v2:PID-7): not a possible date"
    assert told_of["PID-29"].detail == "Patient.extension(urn:hub:v2:PID-29): not a possible date"


def test_a_birth_date_is_a_date_and_its_time_stands_beside_it() -> None:
    found = patient("PID|1||M1||||199003070830")

    assert found["birthDate"] == "1990-03-07"
    assert found["_birthDate"]["extension"][0]["valueDateTime"] == "1990-03-07T08:30:00+08:00"
    assert "_birthDate" not in patient("PID|1||M1||||19900307000000")


def test_part_of_a_birth_date_is_what_is_known() -> None:
    assert patient("PID|1||M1||||1990")["birthDate"] == "1990"
    assert patient("PID|1||M1||||199003")["birthDate"] == "1990-03"


def test_when_somebody_died_says_more_than_that_they_did() -> None:
    when = patient("PID|1||M1" + "|" * 26 + "20240301|Y")
    that = patient("PID|1||M1" + "|" * 27 + "Y")

    assert when["deceasedDateTime"] == "2024-03-01"
    assert "deceasedBoolean" not in when
    assert that["deceasedBoolean"] is True


def test_a_contact_is_a_related_person_and_stands_in_the_patient_too() -> None:
    update = told("NK1|1|李^梅|SPO^配偶|建设街9号|138^PRN^CP")

    related = body(update, "RelatedPerson")
    assert related["patient"] == {"reference": "Patient/urn:oid:2.999.1|M1"}
    assert related["relationship"][0]["coding"][0]["code"] == "SPS"
    assert update.claim is not None
    contact = update.claim.patient["contact"][0]
    assert (contact["name"]["text"], contact["telecom"][0]["value"]) == ("李梅", "138")


def test_the_mothers_number_makes_her_a_related_person() -> None:
    mother = body(told("PID|1||M1||||||||||||||||||M0^^^HOSP^MR"), "RelatedPerson")

    assert mother["identifier"][0]["value"] == "M0"
    assert mother["relationship"][0]["coding"][0]["code"] == "MTH"


def test_the_claim_bears_the_mothers_numbers_from_wherever_they_are_told() -> None:
    told_by_pid = patient("PID|1||M1||||||||||||||||||M0^^^HOSP^MR~990101198511230025^^^^NNCHN")
    update = told("NK1|1|李^梅|MTH^母亲" + "|" * 30 + "M0^^^HOSP^MR")
    father = told("NK1|1|林^强|FTH^父亲" + "|" * 30 + "M9^^^HOSP^MR")

    assert [one["valueIdentifier"]["value"] for one in told_by_pid["extension"]] == ["M0", "990101198511230025"]
    assert update.claim is not None
    assert [(one["url"], one["valueIdentifier"]["value"]) for one in update.claim.patient["extension"]] == [
        (MOTHER_EXTENSION, "M0")
    ]
    assert father.claim is not None
    assert "extension" not in father.claim.patient


def test_insurance_is_a_coverage_with_its_payer() -> None:
    update = told("IN1|1|CZ^城镇职工医保|YB01|南昌市医保局||||||||20240101|20241231||||SEL" + "|" * 19 + "YB990007")

    cover = body(update, "Coverage")
    assert cover["payor"][0]["display"] == "南昌市医保局"
    assert (cover["subscriberId"], cover["period"]["end"]) == ("YB990007", "2024-12-31")
    assert cover["subscriber"] == cover["beneficiary"] == {"reference": "Patient/urn:oid:2.999.1|M1"}


def test_a_policy_of_somebody_else_has_its_holder() -> None:
    update = told("IN1|1|CZ^职工|YB01|医保局||||||||||||李^梅|SPO^配偶|19850101")

    assert body(update, "Coverage")["subscriber"] == {"reference": "RelatedPerson/urn:oid:2.999.1|M1|SPO|李梅"}
    assert body(update, "RelatedPerson")["birthDate"] == "1985-01-01"
