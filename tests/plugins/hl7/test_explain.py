"""Of every field that says something it is said what became of it, also when the message came to nothing."""

from __future__ import annotations

import pytest

from plugins.hl7.lexer import lex
from tests.plugins.hl7.mapping import HEADER, SAMPLES, fates, filled, updates


@pytest.mark.parametrize(
    ("person", "event", "reason"),
    [
        ("PV1|1|I", "ADT^A08", "the message has no PID segment, so it is about nobody"),
        ("PID|1\rZZZ||x", "ADT^A08", "the PID segment says nothing, so the message is about nobody"),
        ("PID|1||M1\rPID|2||M2\rMRG|M3", "ADT^A40", "the merge does not name the number to retire"),
        ("PID|1||M1\rPV1|1|I", "ZZZ^Z99", "messages of this type are not used"),
    ],
)
def test_of_a_message_that_is_not_applied_every_field_is_listed_as_unused(person: str, event: str, reason: str) -> None:
    text = f"{HEADER.replace('ADT^A08^ADT_A01', event)}\rEVN|A08|20240301\r{person}"

    found = fates(text)

    assert [fate.place for fate in found] == filled(lex(text))
    assert {fate.fate for fate in found} == {"ignored"}
    assert {fate.detail for fate in found if not fate.place.startswith("MSH")} == {reason}


def test_the_header_of_a_message_that_is_not_applied_is_explained_as_always() -> None:
    found = {fate.place: fate for fate in fates(f"{HEADER}\rPV1|1|I")}

    assert found["MSH-10"] == next(fate for fate in fates(f"{HEADER}\rPID|1||M1") if fate.place == "MSH-10")


def test_a_person_of_whom_nothing_is_said_is_explained_in_its_place() -> None:
    found = {fate.place: fate for fate in fates(f'{HEADER}\rPID|1||M1\rPID|2||""\rPID|3||M3')}

    assert (found["PID(2)-3"].fate, found["PID(2)-3"].detail) == ("ignored", "a PID that says nothing of anybody")
    assert list(found)[-5:] == ["PID-3", "PID(2)-1", "PID(2)-3", "PID(3)-1", "PID(3)-3"]


def test_what_is_left_of_a_batch_is_explained_too() -> None:
    found = {fate.place: fate for fate in fates(f"{HEADER}\rPID|1||M1\rBTS|1\rFTS|1")}

    assert (found["BTS-1"].fate, found["FTS-1"].detail) == ("ignored", "of the batch the message came in")


def where(*segments: str, kind: str = "ORU^R01") -> dict[str, str]:
    header = HEADER.replace("ADT^A08^ADT_A01", kind)
    return {one.place: f"{one.fate} {one.detail}" for one in fates("\r".join((header, "PID|1||M1", *segments)))}


def test_a_result_is_told_where_it_went_and_not_where_it_might_have_gone() -> None:
    told = where("OBR|1||F1|A^A^L|||20240301", "OBX|1|NM|X^X^L||<5|mg/L|||||F|||20240301")

    assert told["OBX-2"] == "mapped Observation.valueQuantity"
    assert told["OBX-3"] == "mapped Observation.code"
    assert told["OBX-5"] == "mapped Observation.valueQuantity"
    assert told["OBX-6"] == "mapped Observation.valueQuantity.unit"
    assert told["OBX-11"] == "mapped Observation.status"
    assert told["OBX-14"] == "mapped Observation.effectiveDateTime"
    assert told["OBR-7"] == "mapped DiagnosticReport.effectiveDateTime"


@pytest.mark.parametrize(("kind", "value"), [("NM", "阳性"), ("SN", "^many"), ("NR", "a^b")])
def test_of_a_number_that_is_none_it_is_said_that_it_became_a_text(kind: str, value: str) -> None:
    told = where("OBR|1||F1|A^A^L", f"OBX|1|{kind}|X^X^L||{value}||||||F")

    assert told["OBX-5"] == "mapped Observation.valueString: not of its type, or not decodable"


def test_a_document_is_told_where_it_went() -> None:
    pdf = "JVBERi0xLjQK"
    among_results = where("OBR|1||F1|A^A^L", f"OBX|1|ED|X^X^L||^application^pdf^Base64^{pdf}||||||F")
    content = "DocumentReference.content.attachment"
    assert among_results["OBX-5"] == f"mapped {content}.url"
    assert among_results["OBX-11"] == "mapped Observation.status DocumentReference.docStatus"

    of_its_own = where("TXA|1|CN|TX|||||||||D1", "OBX|1|TX|X^X^L||第一行||||||F", kind="MDM^T02")
    assert of_its_own["OBX-2"] == f"mapped {content}.contentType"
    assert of_its_own["OBX-5"] == f"mapped {content}.url"
    assert of_its_own["OBX-11"] == "mapped DocumentReference.docStatus"


def test_an_order_of_a_medicine_is_told_as_one() -> None:
    told = where("ORC|NW|P1|||||||20240301|||D1^王", "TQ1|1||TID|||5^d", "RXO|A^A^L|5||mg", kind="OMP^O09")

    assert told["ORC-1"] == "mapped MedicationRequest.status"
    assert told["ORC-9"] == "mapped MedicationRequest.authoredOn"
    assert told["ORC-12"] == "mapped MedicationRequest.requester"
    assert told["TQ1-6"] == "mapped Dosage.timing.repeat.boundsDuration"


def test_a_code_nobody_has_mapped_is_told_as_kept_and_asked_about() -> None:
    line = "AL1|1|药品|青霉素|严重"
    told = where(line, kind="ADT^A08")
    assert told["AL1-2"] == "kept AllergyIntolerance.extension(urn:hub:v2:AL1-2)"
    assert told["AL1-4"] == "kept AllergyIntolerance.extension(urn:hub:v2:AL1-4)"
    assert where("AL1|1|MA|青霉素|SV")["AL1-2"] == "mapped AllergyIntolerance.type"

    (update,) = updates(f"{HEADER}\rPID|1||M1\r{line}")
    assert [(one.map, one.code, one.place) for one in update.unmapped] == [
        ("allergy_category", "药品", "AL1-2"),
        ("criticality", "严重", "AL1-4"),
    ]
    for standard in ("AL1|1|MA|青霉素|MO", "AL1|1|DA|青霉素|U"):
        assert updates(f"{HEADER}\rPID|1||M1\r{standard}")[0].unmapped == ()


def test_no_field_of_a_sample_is_told_by_a_place_without_a_name() -> None:
    texts = [path.read_bytes().decode(errors="replace") for path in SAMPLES]
    told = [one for text in texts for one in fates(text) if one.fate == "mapped" and one.value != '""']

    assert told
    assert [(one.place, one.detail) for one in told if "[x]" in one.detail or "*" in one.detail] == []
