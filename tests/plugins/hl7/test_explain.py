"""Of every field that says something it is said what became of it, also when the message came to nothing."""

from __future__ import annotations

import pytest

from plugins.hl7.lexer import lex
from tests.plugins.hl7.mapping import HEADER, fates, filled


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
