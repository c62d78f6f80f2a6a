"""Documents: their headers (TXA), and their content in results."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub import Json, Message, RecordUpdate
from plugins.hl7.adapter import HL7
from plugins.hl7.settings import HL7Settings
from tests.plugins.hl7.mapping import HEADER, SAMPLES, Feed, body, fates, told

CDA = '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>出院小结</title></ClinicalDocument>'
PDF = b64encode(b"%PDF-1.4\n").decode()
TXA = "TXA|1|DS^出院小结^L||||202403010930||||||{number}|{parent}||||AU||{available}"


def document(
    trigger: str, *results: str, number: str = "D2^HIS", parent: str = "", available: str = ""
) -> RecordUpdate:
    header = HEADER.replace("ADT^A08^ADT_A01", f"MDM^{trigger}")
    return told(TXA.format(number=number, parent=parent, available=available), *results, header=header)


def results(*segments: str) -> RecordUpdate:
    return told("OBR|1||F1|X^X^L", *segments, header=HEADER.replace("ADT^A08^ADT_A01", "ORU^R01"))


def outright(update: RecordUpdate) -> dict[str, Json]:
    return {
        one.source_id: one.body for one in update.resources if one.type == "DocumentReference" and not one.in_passing
    }


def test_a_document_has_its_number_its_state_and_its_content() -> None:
    update = document("T02", f"OBX|1|ED|R^报告^L||^AP^PDF^Base64^{PDF}||||||F|||202403010930")
    found = outright(update)["urn:hub:hospital:HIS|D2"]

    assert found["masterIdentifier"]["value"] == "D2"
    assert (found["status"], found["docStatus"], found["date"]) == ("current", "final", "2024-03-01T09:30:00+08:00")
    assert found["content"] == [
        {
            "attachment": {
                "contentType": "application/pdf",
                "url": "Binary/urn:hub:hospital:HIS|D2|1",
                "size": 9,
                "hash": b64encode(hashlib.sha1(b"%PDF-1.4\n", usedforsecurity=False).digest()).decode(),
                "title": "报告",
                "creation": "2024-03-01T09:30:00+08:00",
            }
        }
    ]
    assert body(update, "Binary") == {"resourceType": "Binary", "contentType": "application/pdf", "data": PDF}
    assert [(one.source_id, one.media_type, one.body) for one in update.documents] == [
        ("urn:hub:hospital:HIS|D2|1", "application/pdf", b"%PDF-1.4\n")
    ]
    assert not any(one.type == "Observation" for one in update.resources)


def test_lines_of_text_are_one_text() -> None:
    update = document("T02", "OBX|1|TX|A^病程^L||第一行~第二行||||||F", "OBX|2|TX|A^病程^L||第三行||||||F")

    (content,) = outright(update)["urn:hub:hospital:HIS|D2"]["content"]
    assert content["attachment"]["contentType"] == "text/plain; charset=utf-8"
    assert b64decode(body(update, "Binary")["data"]).decode() == "第一行\n第二行\n第三行"


def test_a_document_only_announced_has_what_is_known_of_its_content() -> None:
    update = document("T01")

    (announced,) = [one.body for one in update.resources if one.in_passing and one.type == "DocumentReference"]
    assert announced["content"] == [{"attachment": {"title": "出院小结", "creation": "2024-03-01T09:30:00+08:00"}}]
    assert "content" not in outright(update)["urn:hub:hospital:HIS|D2"], "what came before stays"


@pytest.mark.parametrize(
    ("trigger", "available", "status", "done"),
    [("T03", "OB", "superseded", "final"), ("T04", "CA", "entered-in-error", "entered-in-error"),
     ("T08", "AV", "current", "final"), ("T11", "AV", "entered-in-error", "entered-in-error"),
     ("T02", "UN", "current", "final")],
)  # fmt: skip
def test_what_becomes_of_a_document(trigger: str, available: str, status: str, done: str) -> None:
    found = outright(document(trigger, available=available))["urn:hub:hospital:HIS|D2"]

    assert (found["status"], found["docStatus"]) == (status, done)


@pytest.mark.parametrize("trigger", ["T05", "T06"])
def test_an_addendum_belongs_to_its_document(trigger: str) -> None:
    update = document(trigger, parent="D1^HIS")
    (related,) = outright(update)["urn:hub:hospital:HIS|D2"]["relatesTo"]

    assert (related["code"], related["target"]["reference"]) == ("appends", "DocumentReference/urn:hub:hospital:HIS|D1")
    assert related["target"]["identifier"]["value"] == "D1"
    assert set(outright(update)) == {"urn:hub:hospital:HIS|D2"}


@pytest.mark.parametrize("trigger", ["T09", "T10"])
def test_a_replacement_supersedes_its_document(trigger: str) -> None:
    found = outright(document(trigger, parent="D1^HIS"))

    assert found["urn:hub:hospital:HIS|D2"]["relatesTo"][0]["code"] == "replaces"
    assert found["urn:hub:hospital:HIS|D1"]["status"] == "superseded"
    assert "content" not in found["urn:hub:hospital:HIS|D1"], "what was in it stays"


def test_a_document_without_number_is_known_by_its_file_else_its_order_else_its_message() -> None:
    header = HEADER.replace("ADT^A08^ADT_A01", "MDM^T02")
    known = [
        next(iter(outright(told(line, header=header))))
        for line in ("TXA|1|DS||||||||||||||a.pdf", "TXA|1|DS||||||||||||P1", "TXA|1|DS")
    ]

    assert known == ["urn:oid:2.999.1|M1|a.pdf", "urn:oid:2.999.1|M1|DS|P1", "urn:oid:2.999.1|M1|DS|K1|1"]


def test_who_signed_and_when() -> None:
    header = HEADER.replace("ADT^A08^ADT_A01", "MDM^T02")
    signed = "D1^王^医^^^^^^HOSP^^^^^^202403011000"
    found = outright(told(f"TXA|1|DS||||||||||D2^HIS||||||||||{signed}", header=header))["urn:hub:hospital:HIS|D2"]

    assert found["authenticator"]["reference"] == "Practitioner/urn:oid:2.999.1|D1"
    assert found["authenticator"]["extension"] == [
        {"url": "urn:hub:v2:PPN-15", "valueDateTime": "2024-03-01T10:00:00+08:00"}
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("ED", f"^TEXT^XML^Base64^{b64encode(CDA.encode()).decode()}"),
        ("ED", f"^AP^Octet-stream^Base64^{b64encode(CDA.encode()).decode()}"),
        ("ED", f"^TEXT^x-hl7-cda-level-one^A^{CDA}"),
        ("ED", f"^multipart^^Hex^{CDA.encode().hex()}"),
        ("TX", CDA),
        ("FT", CDA.replace("出院", "~&^")),
        ("ST", b64encode(CDA.encode()).decode()),
    ],
)
def test_a_cda_document_is_handed_on_as_one_however_it_was_sent(kind: str, value: str) -> None:
    for update in (results(f"OBX|1|{kind}|A^A^L||{value}||||||F"), document("T02", f"OBX|1|{kind}|A^A^L||{value}")):
        (handed,) = update.documents
        content = CDA.replace("出院", "~&^") if kind == "FT" else CDA
        assert (handed.media_type, handed.body.decode()) == ("application/cda+xml", content)
        assert b64decode(body(update, "Binary")["data"]) == handed.body


def test_a_text_that_declares_an_encoding_is_written_in_it() -> None:
    chinese = CDA.replace('"1.0"', '"1.0" encoding="GB2312"')
    unknown = CDA.replace('"1.0"', '"1.0" encoding="X-NONE"')

    (first,), (second,) = (results(f"OBX|1|TX|A^A^L||{text}").documents for text in (chinese, unknown))
    assert first.body == chinese.encode("gb18030")
    assert second.body == CDA.encode(), "what it declared is not so any more"


def test_a_document_among_results_is_in_the_report_and_stands_alone() -> None:
    update = results(f"OBX|1|ED|R^报告^L||^AP^PDF^Base64^{PDF}||||||F", "OBX|2|NM|A^A^L||1||||||F")

    (form,) = body(update, "DiagnosticReport")["presentedForm"]
    found = body(update, "DocumentReference")
    assert found["content"] == [{"attachment": form}]
    assert (found["docStatus"], found["type"]["text"]) == ("final", "报告")
    assert found["context"]["related"] == [{"reference": "ServiceRequest/urn:hub:hospital|F1|X"}]
    assert len([one for one in update.resources if one.type == "Observation"]) == 2


def test_the_result_before_a_txa_in_an_order_is_that_document() -> None:
    update = results(f"OBX|1|ED|R^报告^L||^AP^PDF^Base64^{PDF}", "TXA|1|DS||||||||||D2^HIS", "NTE|1||复核")

    assert len(outright(update)["urn:hub:hospital:HIS|D2"]["content"]) == 1
    assert body(update, "ServiceRequest")["note"] == [{"text": "复核"}]
    assert not any(one.type == "Observation" for one in update.resources)


def test_what_is_elsewhere_is_pointed_at() -> None:
    update = results("OBX|1|RP|I^影像^L||https://pacs.example/1^PACS^IM^DICOM||||||F")

    (content,) = body(update, "DocumentReference")["content"]
    assert content["attachment"]["url"] == "https://pacs.example/1"
    assert content["attachment"]["contentType"] == "application/dicom"
    assert update.documents == ()


@pytest.mark.parametrize(
    "value", ["患者一般情况可，饮食睡眠可，大小便如常，体重无明显变化，继续目前治疗方案。", "JVBERi0x", "<5"]
)
def test_a_text_that_is_only_text_stays_a_result(value: str) -> None:
    update = results(f"OBX|1|TX|A^A^L||{value}")

    assert body(update, "Observation")["valueString"] == value
    assert not any(one.type in {"Binary", "DocumentReference"} for one in update.resources)


@pytest.mark.parametrize(
    "value", ["^AP^PDF^Base64^JVBERi0xLjQ!", "^AP^PDF^Hex^2550ZZ", "^AP^PDF^Base64^", "^AP^PDF^ZIP^x"]
)
def test_a_broken_content_is_kept_with_the_document_and_explained(value: str) -> None:
    line = f"OBX|1|ED|R^报告^L||{value}||||||F"
    update = document("T02", line)
    header = HEADER.replace("ADT^A08^ADT_A01", "MDM^T02")
    fate = next(one for one in fates(f"{header}\rPID|1||M1\r{TXA}\r{line}") if one.place == "OBX-5")

    found = outright(update)["urn:hub:hospital:HIS|D2"]
    assert "content" not in found
    assert [one for one in found["extension"] if one["url"] == "urn:hub:v2:OBX-5"]
    why = "not of its type, or not decodable"
    assert (fate.fate, fate.detail) == ("kept", f"DocumentReference.extension(urn:hub:v2:OBX-5): {why}")
    assert update.documents == ()


def test_a_long_document_is_read_in_the_time_of_its_length() -> None:
    data = b64encode(b"%PDF-" + bytes(3_000_000)).decode()
    update = document("T02", f"OBX|1|ED|R^报告^L||^AP^PDF^Base64^{data}")

    assert body(update, "Binary")["data"] == data
    assert update.documents[0].body == b"%PDF-" + bytes(3_000_000)


CLINICAL = [one for one in SAMPLES if one.stem.startswith(("document", "laboratory", "medicine"))]


@pytest.mark.parametrize("sample", CLINICAL, ids=lambda sample: sample.stem)
def test_a_message_in_gb18030_says_the_same_as_in_utf_8(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8").replace("\n", "\r")
    named = text.replace("UNICODE UTF-8", "GB 18030-2000")
    adapter = HL7("hospital", HL7Settings(listen="127.0.0.1:0", systems=Feed().systems))

    said = [
        list(adapter.parse(Message(1, "hospital", "K1", sent, datetime(2024, 3, 2, tzinfo=UTC))))
        for sent in (text.encode(), named.encode("gb18030"))
    ]
    assert said[0] == said[1]
