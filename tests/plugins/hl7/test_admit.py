"""The door looks at decoding, limits and MSH, and at nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import Payload
from plugins.hl7.adapter import HL7
from plugins.hl7.settings import HL7Settings

MSH = r"MSH|^~\&|HIS|HOSP|HUB|COUNTY|20240301080000||ADT^A04^ADT_A01|C1|P|2.5.1||||||UNICODE UTF-8"
PID = "PID|1||M1^^^HOSP^MR~360112199001011234^^^^NNCHN||王^珅||19900101|M"
ADT = f"{MSH}\r{PID}\r"


def admit(text: str | bytes, **settings: Any) -> Payload:
    body = text if isinstance(text, bytes) else text.encode()
    payload = HL7("ward", HL7Settings(listen="127.0.0.1:0", **settings)).admit(body)
    assert payload.body == body
    return payload


def code(payload: Payload) -> str:
    return payload.refusal.code if payload.refusal else "admitted"


def test_a_sound_message_is_admitted_with_all_the_journal_needs() -> None:
    payload = admit(ADT)
    assert payload.refusal is None
    assert payload.key == "C1"
    assert payload.sender == "HIS|HOSP"
    assert payload.lanes == ("M1", "360112199001011234")
    assert payload.notes == {"encoding": "utf-8", "type": "ADT^A04", "version": "2.5.1"}


def test_a_merge_is_in_the_lanes_of_both_numbers() -> None:
    assert admit(f"{MSH}\r{PID}\rMRG|OLD^^^HOSP^MR~OLD2\r").lanes == ("M1", "360112199001011234", "OLD", "OLD2")


def test_several_people_in_one_message_are_all_in_its_lanes() -> None:
    assert admit(f"{MSH}\rPID|1|A|B\rOBX|1\rPID|2||C~B\r").lanes == ("B", "A", "C")


def test_the_sender_is_the_same_however_it_writes_its_delimiters() -> None:
    odd = ADT.replace("HIS|HOSP", "HIS^1.2^ISO|HOSP^^").translate(str.maketrans("|^~\\&", "*:!/%"))
    assert admit(odd).sender == "HIS^1.2^ISO|HOSP"
    assert admit(odd).key == "C1"


def test_a_resend_at_another_time_is_the_same_message() -> None:
    later = ADT.replace("20240301080000", "20240301080111")
    assert admit(later).fingerprint == admit(ADT).fingerprint


@pytest.mark.parametrize(
    "other",
    [
        ADT.replace("王", "黄"),
        ADT.replace("P|2.5.1", "T|2.5.1"),
        ADT.replace("20240301080000||", "20240301080000|x|"),
        ADT.replace("\r", "\n"),
        ADT + "ZZZ|1\r",
        "\r\n" + ADT.replace("C1", "C2"),
    ],
)
def test_anything_else_that_differs_is_another_message(other: str) -> None:
    assert admit(other).fingerprint != admit(ADT).fingerprint


def test_blank_lines_before_the_header_do_not_hide_the_time_it_was_sent() -> None:
    one, other = ("\r\n" + ADT.replace("080000", time) for time in ("080000", "090000"))
    assert admit(one).fingerprint == admit(other).fingerprint


@pytest.mark.parametrize(
    ("text", "expected", "place"),
    [
        ("", "empty", ""),
        ("\r\n ", "empty", ""),
        ("hello, is anybody there?", "no_header", "MSH"),
        ("MSH|", "bad_header", "MSH-2"),
        ("MSH", "bad_header", "MSH-1"),
        (ADT.replace("|C1|", "||"), "no_control_id", "MSH-10"),
        (ADT.replace("|C1|", "|  |"), "no_control_id", "MSH-10"),
        (ADT.replace("|C1|", f"|{'C' * 200}|"), "bad_control_id", "MSH-10"),
        (ADT.replace("|C1|", "|C\0|"), "bad_control_id", "MSH-10"),
        (ADT.replace("ADT^A04^ADT_A01", ""), "no_message_type", "MSH-9"),
        (ADT + ADT, "several_messages", "MSH[2]"),
        (f"FHS|^~\\&|||||||||B1\rBHS|^~\\&\r{ADT}BTS|1\rFTS|1\r", "batch", ""),
        (f"{MSH}\r{'NTE|1' * 1}{chr(13)}" + "NTE|1\r" * 20_001, "too_many", ""),
        (f"{ADT}ZZZ|" + "~" * 100_000, "too_many", ""),
        (MSH, "admitted", ""),
        (ADT.replace("ADT^A04^ADT_A01", "ZZZ"), "admitted", ""),
        (ADT.replace("2.5.1", "9.9"), "admitted", ""),
    ],
)
def test_what_is_refused_says_why_and_where(text: str, expected: str, place: str) -> None:
    payload = admit(text)
    assert code(payload) == expected
    if payload.refusal:
        assert payload.refusal.place == place
        assert payload.lanes == ()


def test_what_nothing_decodes_is_refused_under_its_own_key() -> None:
    payload = admit(ADT.encode().replace("王".encode(), b"\xff\xfe\xfa\x81"))
    assert (code(payload), payload.key) == ("encoding", "C1")
    assert payload.refusal is not None
    assert payload.refusal.place == "PID-5"


def test_limits_are_the_feed_s_own() -> None:
    assert code(admit(ADT, segments=2)) == "admitted"
    assert code(admit(ADT, segments=1)) == "too_many"
    assert code(admit(ADT, repetitions=2)) == "admitted"
    assert code(admit(ADT, repetitions=1)) == "too_many"


def test_a_false_declaration_is_noted() -> None:
    notes = admit(ADT.encode("gb18030")).notes
    assert notes["encoding"] == "gb18030"
    assert notes["encoding_faults"] == "declared_wrong"


@pytest.mark.parametrize("junk", ["\0", "\x1b[31m", "\u202e", "x" * 500])
def test_nothing_that_could_upset_a_listing_is_noted(junk: str) -> None:
    payload = admit(ADT.replace("HIS", f"HIS{junk}").replace("A04^", f"A04{junk}^").replace("UNICODE", junk))
    for text in (payload.sender, *payload.notes.values()):
        assert text.isprintable()
        assert len(text) < 200


def test_no_reason_repeats_what_was_sent() -> None:
    for text in (ADT + ADT, ADT.replace("|C1|", "||"), ADT.replace("A04", "A04~" * 100_001)):
        refusal = admit(text).refusal
        assert refusal is not None
        assert "M1" not in str(refusal.text)


@given(st.binary(max_size=200))
def test_no_bytes_upset_the_door(body: bytes) -> None:
    assert admit(body).body == body


@given(st.integers(0, len(ADT.encode()) - 1), st.integers(0, 255))
def test_no_spoiled_byte_upsets_the_door(place: int, byte: int) -> None:
    body = bytearray(ADT.encode())
    body[place] = byte
    assert admit(bytes(body)).body == bytes(body)
