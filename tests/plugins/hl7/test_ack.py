"""Answers are what the standard says, in the sender's own terms; hl7apy is the referee."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message, parse_segment

from hub import Receipt, Refusal, Text
from plugins.hl7 import ack
from plugins.hl7.door import admit
from plugins.hl7.head import Head
from plugins.hl7.settings import HL7Settings

SETTINGS = HL7Settings(listen="127.0.0.1:0")
MSH = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A04^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8"
PID = "PID|1||M1^^^HOSP^MR||王^珅||19900101|M"
AT = datetime(2024, 3, 1, 0, 0, 5, tzinfo=UTC).astimezone(ZoneInfo("Asia/Shanghai"))
RECEIPT = Receipt(4711, AT)
FAULT = Refusal("encoding", Text("the message cannot be decoded as {encoding}", {"encoding": "utf-8"}), "PID-5[2].3")


def head(text: str, codec: str = "utf-8") -> Head:
    return admit(text.encode(codec), SETTINGS).head


def accepted(text: str, codec: str = "utf-8") -> str:
    return ack.accept(head(text, codec), RECEIPT).decode(codec)


def refused(text: str, refusal: Refusal = FAULT, codec: str = "utf-8") -> str:
    return ack.refuse(head(text, codec), refusal, RECEIPT).decode(codec)


def test_a_positive_answer_swaps_the_two_sides_and_echoes_the_rest() -> None:
    assert accepted(f"{MSH}\r{PID}\r") == (
        "MSH|^~\\&|HUB|COUNTY|HIS|HOSP|20240301080005+0800||ACK^A04^ACK|H4711|P|2.5.1||||||UNICODE UTF-8\rMSA|AA|C1\r"
    )


def test_the_same_receipt_gives_the_same_bytes() -> None:
    again = MSH.replace("20240301080000", "20240301080111")
    assert accepted(MSH) == accepted(again)
    assert refused(MSH) == refused(again)


def test_a_negative_answer_tells_place_code_and_reason_in_both_languages() -> None:
    lines = refused(MSH).split("\r")
    assert lines[1] == "MSA|AE|C1"
    name, first, place, code, severity, reason, parameter, english, *chinese = lines[2].split("|")
    assert (name, first, place, severity, parameter) == ("ERR", "", "PID^1^5^2^3", "E", "")
    assert code == "102^Data type error^HL70357"
    assert reason == "encoding"
    assert english == "the message cannot be decoded as utf-8"
    assert chinese


@pytest.mark.parametrize(
    ("code", "answer", "number"),
    [
        ("encoding", "AE", "102"),
        ("no_control_id", "AE", "101"),
        ("no_message_type", "AR", "101"),
        ("no_header", "AR", "100"),
        ("several_messages", "AR", "100"),
        ("batch", "AR", "200"),
        ("too_many", "AE", "207"),
        ("too_large", "AE", "207"),
        ("reused_key", "AE", "205"),
        ("something new", "AE", "207"),
    ],
)
def test_each_reason_has_its_answer_and_code(code: str, answer: str, number: str) -> None:
    lines = refused(MSH, Refusal(code, Text("no"))).split("\r")
    assert lines[1].split("|")[1] == answer
    assert lines[2].split("|")[3].split("^")[0] == number


@pytest.mark.parametrize(
    ("place", "location"),
    [
        ("", ""),
        ("MSH", "MSH^1"),
        ("MSH-10", "MSH^1^10"),
        ("MSH[2]", "MSH^2"),
        ("OBX[3]-5", "OBX^3^5"),
        ("PID-3.4", "PID^1^3^1^4"),
        ("nowhere", ""),
    ],
)
def test_a_place_becomes_a_location(place: str, location: str) -> None:
    assert refused(MSH, Refusal("encoding", Text("no"), place)).split("\r")[2].split("|")[2] == location


@pytest.mark.parametrize("control_id", ["C 1", "É1", "单号7", r"A\T\B", "A^B~C&D", "1" * 199])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_the_control_id_is_echoed_byte_for_byte(control_id: str, codec: str) -> None:
    if codec == "gb18030" and control_id == "É1":
        control_id = "é1"
    charset = "UNICODE UTF-8" if codec == "utf-8" else "GB 18030-2000"
    body = f"{MSH}\r{PID}\r".replace("|C1|", f"|{control_id}|").replace("UNICODE UTF-8", charset).encode(codec)
    found = admit(body, SETTINGS)
    assert found.payload.refusal is None
    assert b"\rMSA|AA|" + control_id.encode(codec) + b"\r" in ack.accept(found.head, RECEIPT)


@pytest.mark.parametrize(
    ("written", "begin", "second"),
    [
        (MSH.replace(r"^~\&", r"^~\&#"), r"MSH|^~\&#|HUB|", "MSA|AA|C1"),
        (MSH.translate(str.maketrans("|^~\\&", "*:!/%")), "MSH*:!/%*HUB*COUNTY*HIS*HOSP*", "MSA*AA*C1"),
        (MSH.replace(r"^~\&", "^~"), "MSH|^~|HUB|", "MSA|AA|C1"),
    ],
)
def test_an_answer_is_written_with_the_sender_s_delimiters(written: str, begin: str, second: str) -> None:
    lines = accepted(written).split("\r")
    assert lines[0].startswith(begin)
    assert lines[1] == second


def test_text_is_escaped_with_the_sender_s_delimiters() -> None:
    odd = MSH.translate(str.maketrans("|^~\\&", "*:!/%"))
    lines = refused(odd, Refusal("encoding", Text("one*two:three/four"))).split("\r")
    assert "one/F/two/S/three/E/four" in lines[2]


def test_an_answer_is_in_the_sender_s_encoding() -> None:
    text = f"{MSH}\r{PID}\r".replace("UNICODE UTF-8", "GB 18030-2000").replace("|HIS|", "|過医|")
    answer = ack.accept(head(text, "gb18030"), RECEIPT)
    assert "|過医|".encode("gb18030") in answer
    assert answer.endswith(b"|GB 18030-2000\rMSA|AA|C1\r")


@pytest.mark.parametrize(
    ("declared", "codec", "said"),
    [
        ("UNICODE UTF-8", "gb18030", "GB 18030-2000"),
        ("8859/1", "utf-8", "UNICODE UTF-8"),
        ("GB 18030-2000~UNICODE UTF-8", "gb18030", "GB 18030-2000~UNICODE UTF-8"),
        ("UNICODE", "utf-8", "UNICODE"),
    ],
)
def test_an_answer_declares_the_encoding_it_is_in(declared: str, codec: str, said: str) -> None:
    text = f"{MSH}\r{PID.replace('王', '王小明')}\r".replace("UNICODE UTF-8", declared)
    assert accepted(text, codec).split("\r")[0].split("|")[17] == said


def test_without_a_declaration_none_is_made() -> None:
    assert len(accepted(MSH.replace("UNICODE UTF-8", "")).split("\r")[0].split("|")) == 12


def test_where_the_encoding_has_no_chinese_the_reason_is_in_english() -> None:
    text = MSH.replace("UNICODE UTF-8", "ASCII")
    answer = ack.refuse(head(text), Refusal("encoding", Text("no: {char}", {"char": "无"})), RECEIPT)
    assert answer.isascii()
    assert b"\rMSA|AE|C1\rERR|||102^Data type error^HL70357|E|encoding||no: ?\r" in answer


@pytest.mark.parametrize(
    "body",
    [
        b"hello, is anybody there?",
        b"MSH|",
        b"MSH",
        b"",
        b"\xff\xfe\x00",
        b"\x16\x03\x01",
        b"MSH\r\r",
        b"PID|1\r",
        b"\xef\xbb\xbf\r\n",
    ],
)
def test_what_has_no_header_is_answered_with_the_standard_s_delimiters(body: bytes) -> None:
    found = admit(body, SETTINGS)
    assert found.payload.refusal is not None
    answer = ack.refuse(found.head, found.payload.refusal, RECEIPT)
    assert answer.startswith(b"MSH|^~\\&|")
    assert b"\rMSA|A" in answer


def test_undecodable_bytes_are_echoed_as_they_came() -> None:
    body = MSH.replace("|C1|", "|C@|").encode().replace(b"@", b"\xff\xfe")
    found = admit(body, SETTINGS)
    assert found.payload.refusal is not None
    assert b"\rMSA|AE|C\xff\xfe\r" in ack.refuse(found.head, found.payload.refusal, RECEIPT)


def test_a_batch_is_answered_by_its_own_control_id() -> None:
    body = f"FHS|^~\\&|HIS|HOSP|HUB|COUNTY|20240301080000||||B1\r{MSH}\rFTS|1\r".encode()
    found = admit(body, SETTINGS)
    assert found.payload.refusal is not None
    assert found.payload.key == "B1"
    assert b"\rMSA|AR|B1\r" in ack.refuse(found.head, found.payload.refusal, RECEIPT)


def test_a_message_that_could_not_be_kept_is_answered_with_an_error() -> None:
    answer = ack.unavailable(head(MSH), Text("the disk is full"), AT).decode()
    assert "\rMSA|AE|C1\r" in answer
    assert "the disk is full" in answer


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8.2"])
@pytest.mark.parametrize("kind", ["ADT^A04^ADT_A01", "ORU^R01", "VXU^V04^VXU_V04"])
def test_hl7apy_takes_every_answer_for_valid(version: str, kind: str) -> None:
    text = MSH.replace("2.5.1", version).replace("ADT^A04^ADT_A01", kind)
    for answer in (accepted(text), refused(text)):
        message = parse_message(answer, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
        assert message.validate()
        assert message.msa.msa_2.value == "C1"
        assert message.msh.msh_12.value.startswith(version)


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1"])
def test_hl7apy_takes_an_answer_without_a_trigger_for_valid(version: str) -> None:
    text = MSH.replace("2.5.1", version).replace("ADT^A04^ADT_A01", "ACK")
    assert parse_message(accepted(text), validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False).validate()


@pytest.mark.parametrize("version", ["2.2", "2.3"])
@pytest.mark.parametrize("kind", ["ADT^A04", "ORU^R01"])
def test_hl7apy_takes_the_segments_of_old_answers_for_valid(version: str, kind: str) -> None:
    """Before 2.3.1 an answer does not name its structure, so the referee judges segment by segment."""
    text = MSH.replace("2.5.1", version).replace("ADT^A04^ADT_A01", kind).removesuffix("||||||UNICODE UTF-8")
    for answer in (accepted(text), refused(text)):
        for line in filter(None, answer.split("\r")):
            assert parse_segment(line, version=version, validation_level=VALIDATION_LEVEL.TOLERANT).validate()


def test_an_old_sender_finds_the_reason_in_msa() -> None:
    lines = refused(MSH.replace("2.5.1", "2.3")).split("\r")
    assert lines[0].split("|")[8] == "ACK^A04"
    assert lines[1].startswith("MSA|AE|C1|")
    assert lines[2] == "ERR|PID^1^5^102&Data type error&HL70357"
